/** The family of a sensor's attribute, and how its value becomes one in base units. */
export interface SensorFamily {
  readonly name: string;
  readonly convert: (value: number) => number;
}

const milli = (value: number) => value * 0.001;
const micro = (value: number) => value / 1_000_000;
const same = (value: number) => value;

/** Names that have neither number nor property, see Documentation/hwmon/sysfs-interface.rst. */
const SINGLE: Readonly<Record<string, SensorFamily>> = {
  beep_enable: { name: "node_hwmon_beep_enabled", convert: (value) => (value === 1 ? 1 : 0) },
  update_interval: { name: "node_hwmon_update_interval_seconds", convert: milli },
  vrm: { name: "node_hwmon_voltage_regulator_version", convert: same },
};
const TYPES: ReadonlySet<string> = new Set("in cpu fan pwm temp curr power energy humidity intrusion freq".split(" "));
const FAN_SPEEDS: ReadonlySet<string> = new Set(["input", "min", "max", "target"]);
const POWER_INTERVALS: ReadonlySet<string> = new Set([
  "average_interval",
  "average_interval_min",
  "average_interval_max",
]);

/**
 * Of a file such as `temp1_crit`: type `temp`, property `crit`. Null for one that is not served. `hasPlain`: the sensor also
 * has a file without a property (`pwm1`), so that `pwm1_input` needs a name of its own.
 */
export function sensorFamily(type: string, property: string, hasPlain = false): SensorFamily | null {
  const single = SINGLE[type];
  if (single !== undefined) return property === "" ? single : null;
  if (!TYPES.has(type) || property === "label") return null;
  if (type === "freq") return property === "input" ? { name: "node_hwmon_freq_freq_mhz", convert: micro } : null;
  const stem = `node_hwmon_${type}`;
  const name = property === "" || (property === "input" && !hasPlain) ? stem : `${stem}_${property.toLowerCase()}`;
  if (property === "fault" || property === "alarm") return { name, convert: same };
  if (property === "beep") return { name: `${name}_enabled`, convert: same };
  switch (type) {
    case "in":
    case "cpu":
      return { name: `${name}_volts`, convert: milli };
    case "temp":
      return property === "type" ? { name, convert: same } : { name: `${name}_celsius`, convert: milli };
    case "curr":
      return { name: `${name}_amps`, convert: milli };
    case "energy":
      return { name: `${name}_joule_total`, convert: micro };
    case "humidity":
      return { name, convert: micro };
    case "power":
      if (property === "accuracy") return { name, convert: micro };
      return POWER_INTERVALS.has(property)
        ? { name: `${name}_seconds`, convert: milli }
        : { name: `${name}_watt`, convert: micro };
    case "fan":
      return { name: FAN_SPEEDS.has(property) ? `${name}_rpm` : name, convert: same };
    default:
      return { name, convert: same };
  }
}
