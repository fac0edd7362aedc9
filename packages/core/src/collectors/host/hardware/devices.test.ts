import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FIXTURES, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { DmiCollector } from "./dmi.ts";
import { PowerSupplyCollector } from "./power-supply.ts";
import { ThermalZoneCollector } from "./thermal-zone.ts";

test("a machine without these devices has nothing to read", () => {
  using folder = new ScratchFolder();
  const collectors = [
    new DmiCollector(folder.path),
    new PowerSupplyCollector({ sysfs: folder.path, powerSuppliesIgnored: /^$/ }),
    new ThermalZoneCollector(folder.path),
  ];

  expect(collectors.flatMap((collector) => collectOnce(collector, tickAt(0)).written)).toEqual([]);
});

test("a battery is served in base units, with the labels that it has", () => {
  const options = { sysfs: join(FIXTURES, "sys"), powerSuppliesIgnored: /^AC$/ };

  const { samples } = collectOnce(new PowerSupplyCollector(options), tickAt(0));

  expect(Object.fromEntries(samples)).toEqual({
    'node_power_supply_capacity{power_supply="BAT0"}': 81,
    'node_power_supply_cyclecount{power_supply="BAT0"}': 0,
    'node_power_supply_energy_full{power_supply="BAT0"}': 45.07,
    'node_power_supply_energy_full_design{power_supply="BAT0"}': 47.52,
    'node_power_supply_energy_watthour{power_supply="BAT0"}': 36.58,
    'node_power_supply_info{capacity_level="Normal",manufacturer="LGC",model_name="LNV-45N1\uFFFD\uFFFD",power_supply="BAT0",serial_number="38109",status="Discharging",technology="Li-ion",type="Battery"}': 1,
    'node_power_supply_power_watt{power_supply="BAT0"}': 5.002,
    'node_power_supply_present{power_supply="BAT0"}': 1,
    'node_power_supply_voltage_min_design{power_supply="BAT0"}': 10.8,
    'node_power_supply_voltage_volt{power_supply="BAT0"}': 11.66,
  });
});

test("a zone without a temperature is omitted, below zero is served, and a cooling device has two states", () => {
  using folder = new ScratchFolder();
  folder.write("class/thermal/thermal_zone0/type", "acpitz\n");
  folder.write("class/thermal/thermal_zone0/temp", "-2500\n");
  folder.write("class/thermal/thermal_zone1/type", "broken\n");
  folder.write("class/thermal/thermal_zone2/temp", "1000\n");
  folder.write("class/thermal/cooling_device3/type", "Fan\n");
  folder.write("class/thermal/cooling_device3/cur_state", "1\n");

  expect(Object.fromEntries(collectOnce(new ThermalZoneCollector(folder.path), tickAt(0)).samples)).toEqual({
    'node_cooling_device_cur_state{name="3",type="Fan"}': 1,
    'node_thermal_zone_temp{type="",zone="2"}': 1,
    'node_thermal_zone_temp{type="acpitz",zone="0"}': -2.5,
  });
});

test("what only root may read, or the firmware lacks, is not a label", () => {
  using folder = new ScratchFolder();
  folder.write("class/dmi/id/bios_vendor", 'Some "Vendor"\n');
  folder.write("class/dmi/id/product_version", "\n");

  expect([...collectOnce(new DmiCollector(folder.path), tickAt(0)).samples.keys()]).toEqual([
    'node_dmi_info{bios_vendor="Some \\"Vendor\\"",product_version=""}',
  ]);
});
