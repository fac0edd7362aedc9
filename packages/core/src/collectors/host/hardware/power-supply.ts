import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostPaths } from "../host-paths.ts";
import { byteNameOf, textOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { attributeNumber, attributeText, entriesOf } from "../kernel-files/sysfs.ts";
import { NamedLabels } from "../named-labels.ts";

const MICRO = 1e6;
const TENTHS = 10;

/** Attribute, the end of its family's name, the divisor to its base unit, and what it is (Documentation/ABI/testing/sysfs-class-power). */
const ATTRIBUTES = [
  ["authentic", "authentic", 1, "1 if the battery is genuine."],
  ["calibrate", "calibrate", 1, "1 while the battery is calibrated."],
  ["capacity", "capacity", 1, "Charge of the battery in percent."],
  ["capacity_alert_max", "capacity_alert_max", 1, "Upper alert threshold of the charge in percent."],
  ["capacity_alert_min", "capacity_alert_min", 1, "Lower alert threshold of the charge in percent."],
  ["charge_control_limit", "charge_control_limit", MICRO, "Limit of the charging current."],
  ["charge_control_limit_max", "charge_control_limit_max", MICRO, "Maximum of the limit of the charging current."],
  ["charge_counter", "charge_counter", MICRO, "Charge counted, in ampere-hours."],
  ["charge_empty", "charge_empty", MICRO, "Charge when empty, in ampere-hours."],
  ["charge_empty_design", "charge_empty_design", MICRO, "Charge when empty by design, in ampere-hours."],
  ["charge_full", "charge_full", MICRO, "Charge when full, in ampere-hours."],
  ["charge_full_design", "charge_full_design", MICRO, "Charge when full by design, in ampere-hours."],
  ["charge_now", "charge_ampere", MICRO, "Charge now, in ampere-hours."],
  ["charge_term_current", "charge_term_current", MICRO, "Current below which charging ends, in amperes."],
  ["constant_charge_current", "constant_charge_current", MICRO, "Constant charging current in amperes."],
  [
    "constant_charge_current_max",
    "constant_charge_current_max",
    MICRO,
    "Maximum constant charging current in amperes.",
  ],
  ["constant_charge_voltage", "constant_charge_voltage", MICRO, "Constant charging voltage in volts."],
  ["constant_charge_voltage_max", "constant_charge_voltage_max", MICRO, "Maximum constant charging voltage in volts."],
  ["current_boot", "current_boot", MICRO, "Current at boot, in amperes."],
  ["current_max", "current_max", MICRO, "Maximum current in amperes."],
  ["current_now", "current_ampere", MICRO, "Current now, in amperes."],
  ["cycle_count", "cyclecount", 1, "Charge cycles of the battery."],
  ["energy_empty", "energy_empty", MICRO, "Energy when empty, in watt-hours."],
  ["energy_empty_design", "energy_empty_design", MICRO, "Energy when empty by design, in watt-hours."],
  ["energy_full", "energy_full", MICRO, "Energy when full, in watt-hours."],
  ["energy_full_design", "energy_full_design", MICRO, "Energy when full by design, in watt-hours."],
  ["energy_now", "energy_watthour", MICRO, "Energy now, in watt-hours."],
  ["input_current_limit", "input_current_limit", MICRO, "Limit of the input current in amperes."],
  ["online", "online", 1, "1 if the supply is connected."],
  ["power_now", "power_watt", MICRO, "Power now, in watts."],
  ["precharge_current", "precharge_current", MICRO, "Current of the first phase of charging, in amperes."],
  ["present", "present", 1, "1 if the battery is present."],
  ["temp", "temp_celsius", TENTHS, "Temperature in degrees Celsius."],
  ["temp_alert_max", "temp_alert_max_celsius", TENTHS, "Upper alert threshold of the temperature."],
  ["temp_alert_min", "temp_alert_min_celsius", TENTHS, "Lower alert threshold of the temperature."],
  ["temp_ambient", "temp_ambient_celsius", TENTHS, "Ambient temperature in degrees Celsius."],
  ["temp_ambient_max", "temp_ambient_max_celsius", TENTHS, "Maximum ambient temperature."],
  ["temp_ambient_min", "temp_ambient_min_celsius", TENTHS, "Minimum ambient temperature."],
  ["temp_max", "temp_max_celsius", TENTHS, "Maximum temperature."],
  ["temp_min", "temp_min_celsius", TENTHS, "Minimum temperature."],
  ["time_to_empty_now", "time_to_empty_seconds", 1, "Time until the battery is empty."],
  ["time_to_full_now", "time_to_full_seconds", 1, "Time until the battery is full."],
  ["voltage_boot", "voltage_boot", MICRO, "Voltage at boot, in volts."],
  ["voltage_max", "voltage_max", MICRO, "Maximum voltage in volts."],
  ["voltage_max_design", "voltage_max_design", MICRO, "Maximum voltage by design, in volts."],
  ["voltage_min", "voltage_min", MICRO, "Minimum voltage in volts."],
  ["voltage_min_design", "voltage_min_design", MICRO, "Minimum voltage by design, in volts."],
  ["voltage_now", "voltage_volt", MICRO, "Voltage now, in volts."],
  ["voltage_ocv", "voltage_ocv", MICRO, "Open-circuit voltage in volts."],
] as const;
/** Labels of the info series, and attributes; only those that the supply has. */
const INFO = [
  "capacity_level",
  "charge_type",
  "health",
  "manufacturer",
  "model_name",
  "scope",
  "serial_number",
  "status",
  "technology",
  "type",
  "usb_type",
] as const;

export const POWER_SUPPLY_SETTINGS = {
  powerSuppliesIgnored: {
    type: pattern,
    // Matches no name: no supply is ignored.
    fallback: "^$",
    help: "Power supplies that the powersupplyclass collector ignores, as a regular expression.",
    flag: "--collector.powersupply.ignored-supplies",
  },
} as const satisfies SettingDeclarations;

export const POWER_SUPPLY: HostCollectorDefinition<typeof POWER_SUPPLY_SETTINGS> = {
  name: "powersupplyclass",
  families: [
    ...families(
      { type: "gauge", labels: ["power_supply"] },
      Object.fromEntries(ATTRIBUTES.map(([, name, , help]) => [`node_power_supply_${name}`, help])),
    ),
    ...families(
      { type: "gauge", labels: ["power_supply", ...INFO].sort() },
      { node_power_supply_info: "Always 1; the labels that the supply has describe it." },
    ),
  ],
  settings: POWER_SUPPLY_SETTINGS,
  create: ({ options }) => new PowerSupplyCollector(options),
};

type PowerSupplyOptions = Pick<HostPaths, "sysfs"> & OptionsOf<typeof POWER_SUPPLY_SETTINGS>;

/** Batteries, mains and USB supplies, /sys/class/power_supply; a server without them has nothing to read. */
export class PowerSupplyCollector implements HostCollector {
  readonly #folder: string;
  readonly #ignored: RegExp;
  readonly #supplies = new NamedLabels((text) => ({ text, labels: labelBlock({ power_supply: text }) }));
  readonly #info = new KeyedCache(infoLabels);

  constructor({ sysfs, powerSuppliesIgnored }: PowerSupplyOptions) {
    this.#folder = join(byteNameOf(sysfs), "class", "power_supply");
    this.#ignored = powerSuppliesIgnored;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const name of entriesOf(this.#folder)) {
      if (this.#ignored.test(textOf(name))) continue;
      const folder = join(this.#folder, name);
      const { text, labels } = this.#supplies.get(name);
      for (const [attribute, family, divisor] of ATTRIBUTES) {
        const value = attributeNumber(join(folder, attribute));
        if (value !== null) out.series(`node_power_supply_${family}`, labels, value / divisor);
      }
      const texts = INFO.map((attribute) => attributeText(join(folder, attribute)) ?? "");
      out.series("node_power_supply_info", this.#info.get([text, ...texts].join("\0")), 1);
    }
    this.#supplies.endReading();
    this.#info.endReading();
  }
}

/** From the text of the supply's name and the texts in the order of INFO. */
function infoLabels(key: string): string {
  const [name = "", ...texts] = key.split("\0");
  const known = INFO.map((label, index) => [label, textOf(texts[index] ?? "")] as const).filter(
    ([, text]) => text !== "",
  );
  return labelBlock({ power_supply: name, ...Object.fromEntries(known) });
}
