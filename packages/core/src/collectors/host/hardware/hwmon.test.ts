import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FIXTURES, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { HwmonCollector } from "./hwmon.ts";
import { sensorFamily } from "./sensor-family.ts";

const ALL = { hwmonChipsExclude: /^$/, hwmonChipsInclude: /(?!)/ };

test.each([
  ["temp", "input", "node_hwmon_temp_celsius", 12_300, 12.3],
  ["temp", "crit_alarm", "node_hwmon_temp_crit_alarm_celsius", 0, 0],
  ["temp", "alarm", "node_hwmon_temp_alarm", 1, 1],
  ["temp", "type", "node_hwmon_temp_type", 4, 4],
  ["fan", "input", "node_hwmon_fan_rpm", 1200, 1200],
  ["fan", "min", "node_hwmon_fan_min_rpm", 0, 0],
  ["fan", "pulses", "node_hwmon_fan_pulses", 2, 2],
  ["fan", "beep", "node_hwmon_fan_beep_enabled", 0, 0],
  ["in", "max", "node_hwmon_in_max_volts", 1744, 1.744],
  ["curr", "input", "node_hwmon_curr_amps", 500, 0.5],
  ["power", "average", "node_hwmon_power_average_watt", 5_000_000, 5],
  ["power", "average_interval", "node_hwmon_power_average_interval_seconds", 1000, 1],
  ["power", "accuracy", "node_hwmon_power_accuracy", 500_000, 0.5],
  ["energy", "input", "node_hwmon_energy_joule_total", 2_000_000, 2],
  ["humidity", "input", "node_hwmon_humidity", 450_000, 0.45],
  ["pwm", "", "node_hwmon_pwm", 255, 255],
  ["pwm", "enable", "node_hwmon_pwm_enable", 2, 2],
  ["freq", "input", "node_hwmon_freq_freq_mhz", 214_000_000, 214],
  ["update_interval", "", "node_hwmon_update_interval_seconds", 2000, 2],
  ["beep_enable", "", "node_hwmon_beep_enabled", 1, 1],
  ["vrm", "", "node_hwmon_voltage_regulator_version", 9, 9],
])("%s %s is %s", (type, property, name, raw, value) => {
  const family = sensorFamily(type, property)!;

  expect([family.name, Number(family.convert(raw).toFixed(9))]).toEqual([name, value]);
});

test("attributes of the chip itself are served", () => {
  using folder = new ScratchFolder();
  folder.write("class/hwmon/hwmon0/beep_enable", "1\n");
  folder.write("class/hwmon/hwmon0/update_interval", "1500\n");
  folder.write("class/hwmon/hwmon0/vrm", "91\n");

  expect(
    Object.fromEntries(collectOnce(new HwmonCollector({ ...ALL, sysfs: folder.path }), tickAt(0)).samples),
  ).toEqual({
    'node_hwmon_beep_enabled{chip="hwmon0",sensor="beep_enable0"}': 1,
    'node_hwmon_update_interval_seconds{chip="hwmon0",sensor="update_interval0"}': 1.5,
    'node_hwmon_voltage_regulator_version{chip="hwmon0",sensor="vrm0"}': 91,
  });
});

test("an input beside a plain value has a name of its own", () => {
  expect(sensorFamily("pwm", "input", true)!.name).toBe("node_hwmon_pwm_input");
});

test("other files have no family, and no name is invalid", () => {
  expect([sensorFamily("bogus", "input"), sensorFamily("temp", "label"), sensorFamily("freq", "max")]).toEqual([
    null,
    null,
    null,
  ]);
  fc.assert(
    fc.property(fc.constantFrom("temp", "fan", "in", "pwm"), fc.stringMatching(/^\w{0,20}$/), (type, property) => {
      const family = sensorFamily(type, property);

      expect(family === null || /^node_hwmon_[a-z0-9_]+$/.test(family.name)).toBe(true);
    }),
  );
});

test("chips are named after their devices; several of one device also after their drivers", () => {
  const { written } = collectOnce(new HwmonCollector({ ...ALL, sysfs: join(FIXTURES, "sys") }), tickAt(0));

  const chips = new Set(written.map(({ labels }) => /chip="([^"]+)"/.exec(labels)![1]));

  expect(chips).toEqual(
    new Set([
      "bogus",
      "hwmon4",
      "ieee80211_phy0_mt7996_phy0_0",
      "ieee80211_phy0_mt7996_phy0_1",
      "ieee80211_phy0_mt7996_phy0_2",
      "nct6779",
      "platform_asus_nb_wmi_asus",
      "platform_asus_nb_wmi_asus_wmi_sensors",
      "platform_coretemp_0",
      "platform_coretemp_1",
    ]),
  );
});

test("no two series of the recorded machine have the same name and labels", () => {
  const { written } = collectOnce(new HwmonCollector({ ...ALL, sysfs: join(FIXTURES, "sys") }), tickAt(0));
  const keys = written.map(({ name, labels }) => `${name}{${labels}}`);

  expect(keys).toHaveLength(new Set(keys).size);
  expect(keys).toContain('node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"}');
  expect(keys).toContain('node_hwmon_chip_names{chip="platform_coretemp_1",chip_name="coretemp"}');
});

test("negative temperatures are served, a sensor without a value is not, and settings select chips", () => {
  using folder = new ScratchFolder();
  const write = (chip: string, file: string, text: string) => folder.write(`class/hwmon/${chip}/${file}`, text);
  write("hwmon0", "name", "Outside-Sensor\n");
  write("hwmon0", "temp1_input", "-12500\n");
  write("hwmon0", "temp2_input", "N/A\n");
  write("hwmon1", "name", "other\n");
  write("hwmon1", "temp1_input", "1000\n");
  mkdirSync(join(folder.path, "devices/pci0/0000:01:00.0"), { recursive: true });
  symlinkSync("../../../devices/pci0/0000:01:00.0", join(folder.path, "class/hwmon/hwmon1/device"));
  const temperatures = (options: typeof ALL) =>
    collectOnce(new HwmonCollector({ ...options, sysfs: folder.path }), tickAt(0)).written.filter(({ name }) =>
      name.includes("temp"),
    );

  expect(temperatures(ALL)).toEqual([
    { name: "node_hwmon_temp_celsius", labels: 'chip="outside_sensor",sensor="temp1"', value: -12.5 },
    { name: "node_hwmon_temp_celsius", labels: 'chip="pci0_0000:01:00_0",sensor="temp1"', value: 1 },
  ]);
  expect(temperatures({ ...ALL, hwmonChipsExclude: /^pci/ })).toHaveLength(1);
  expect(temperatures({ ...ALL, hwmonChipsInclude: /^pci/ })).toHaveLength(1);
  expect(temperatures({ ...ALL, hwmonChipsInclude: /^usb/ })).toEqual([]);
});
