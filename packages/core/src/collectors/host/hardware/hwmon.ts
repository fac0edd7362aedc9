import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostPaths } from "../host-paths.ts";
import { byteNameOf, bytesOf, textOf } from "../kernel-files/byte-name.ts";
import { decimal } from "../kernel-files/decimal.ts";
import { isEmpty } from "../kernel-files/name-filter.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";
import { attributeText, entriesOf } from "../kernel-files/sysfs.ts";
import { sensorFamily } from "./sensor-family.ts";
import type { SensorFamily } from "./sensor-family.ts";

/** Sensors come and go with their drivers. */
const PERIOD_MS = 60_000;
const FILE = /^([a-z_]+)(\d{0,6})(?:_(\w+))?$/;

export const HWMON_SETTINGS = {
  hwmonChipsExclude: {
    type: pattern,
    // Matches no name: no chip is ignored.
    fallback: "^$",
    help: "Chips that the hwmon collector ignores, as a regular expression.",
    flag: "--collector.hwmon.chip-exclude",
  },
  hwmonChipsInclude: {
    type: pattern,
    fallback: "",
    help: "Chips to which the hwmon collector is limited, as a regular expression; without it, all.",
    flag: "--collector.hwmon.chip-include",
  },
} as const satisfies SettingDeclarations;

export const HWMON: HostCollectorDefinition<typeof HWMON_SETTINGS> = {
  name: "hwmon",
  families: [
    ...families(
      { type: "gauge", labels: ["chip", "chip_name"] },
      { node_hwmon_chip_names: "Always 1; maps a chip to the name that its driver gave it." },
    ),
    ...families(
      { type: "counter", labels: ["chip", "sensor"] },
      { node_hwmon_energy_joule_total: "Energy used, in joules." },
    ),
    ...families(
      { type: "gauge", labels: ["chip", "label", "sensor"] },
      { node_hwmon_sensor_label: "Always 1; maps a sensor to its label." },
    ),
    ...families(
      { type: "gauge", labels: ["chip", "sensor"] },
      {
        "node_hwmon_{field}":
          "The sensor's attribute with this name in base units: `temp_crit_celsius` is temp*_crit, `fan_rpm` is fan*_input.",
      },
    ),
  ],
  settings: HWMON_SETTINGS,
  create: ({ options }) => new HwmonCollector(options),
};

type HwmonOptions = Pick<HostPaths, "sysfs"> & OptionsOf<typeof HWMON_SETTINGS>;

/** Temperatures, fans, voltages and the like, /sys/class/hwmon (Documentation/hwmon/sysfs-interface.rst); a virtual machine has nothing to read. */
export class HwmonCollector implements HostCollector {
  readonly #plan: RereadAfter<readonly Chip[]>;

  constructor(options: HwmonOptions) {
    this.#plan = new RereadAfter(PERIOD_MS, () => planOf(options));
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    for (const chip of this.#plan.get(context)) {
      for (const { name, labels } of chip.infos) out.series(name, labels, 1);
      for (const { path, labels, family } of chip.attributes) {
        const value = valueOf(attributeText(path));
        if (value !== null) out.series(family.name, labels, family.convert(value));
      }
    }
  }
}

interface Chip {
  readonly infos: readonly { readonly name: string; readonly labels: string }[];
  readonly attributes: readonly {
    readonly path: string;
    readonly labels: string;
    readonly family: SensorFamily;
  }[];
}

function planOf({ sysfs, hwmonChipsExclude, hwmonChipsInclude }: HwmonOptions): Chip[] {
  const root = join(byteNameOf(sysfs), "class", "hwmon");
  const found = entriesOf(root).map((entry) => ({
    folder: join(root, entry),
    entry,
    base: baseName(join(root, entry)),
  }));
  const chips = found.map((chip) => ({ ...chip, name: uniqueName(chip, found) }));
  return chips
    .filter(({ name }) => !hwmonChipsExclude.test(name) && (isEmpty(hwmonChipsInclude) || hwmonChipsInclude.test(name)))
    .map(({ folder, name }) => chipOf(folder, name));
}

interface FoundChip {
  readonly folder: string;
  readonly entry: string;
  readonly base: string;
}

/** Drivers may register several chips of one device: their own names tell them apart, or else their numbers, which change at a boot. */
function uniqueName(chip: FoundChip, all: readonly FoundChip[]): string {
  const twins = all.filter(({ base }) => base === chip.base);
  if (twins.length === 1) return chip.base;
  const own = driverName(chip.folder);
  const isUnique = own !== "" && twins.filter(({ folder }) => driverName(folder) === own).length === 1;
  return `${chip.base}_${isUnique ? own : clean(chip.entry)}`;
}

/** From the path of the device, which does not depend on the order in which drivers were loaded. */
function baseName(folder: string): string {
  const device = pathOf(join(folder, "device"));
  if (device !== null) {
    const bus = clean(basename(dirname(device)));
    const name = clean(basename(device));
    if (name !== "") return bus === "" ? name : `${bus}_${name}`;
  }
  return driverName(folder) || clean(basename(pathOf(folder) ?? folder));
}

function driverName(folder: string): string {
  return clean(attributeText(join(folder, "name")) ?? "");
}

function pathOf(path: string): string | null {
  try {
    return realpathSync.native(bytesOf(path), { encoding: "buffer" }).toString("latin1");
  } catch {
    return null;
  }
}

function clean(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9:_]/g, "_")
    .replaceAll(/^_+|_+$/g, "");
}

function chipOf(folder: string, chip: string): Chip {
  const sensors = new Map<string, { type: string; files: Map<string, string> }>();
  // Drivers before Linux 3.13 put the files beside the device.
  for (const place of [folder, join(folder, "device")]) {
    for (const entry of entriesOf(place)) {
      const [, type = "", number = "", property = ""] = FILE.exec(entry) ?? [];
      if (sensorFamily(type, property) === null && property !== "label") continue;
      const id = `${type}${Number(number)}`;
      const sensor = sensors.get(id) ?? { type, files: new Map<string, string>() };
      sensors.set(id, sensor);
      sensor.files.set(property, join(place, entry));
    }
  }
  const infos: { name: string; labels: string }[] = [];
  const attributes: Chip["attributes"][number][] = [];
  const chipName = driverName(folder);
  if (chipName !== "") infos.push({ name: "node_hwmon_chip_names", labels: labelBlock({ chip, chip_name: chipName }) });
  for (const [sensor, { type, files }] of sensors) {
    const label = textOf(attributeText(files.get("label") ?? "") ?? "");
    if (label !== "") infos.push({ name: "node_hwmon_sensor_label", labels: labelBlock({ chip, label, sensor }) });
    for (const [property, path] of files) {
      const family = sensorFamily(type, property, files.has(""));
      if (family === null) continue;
      // A frequency is known by its label: `sclk`, `mclk`.
      const known = type === "freq" ? clean(label) : sensor;
      if (known !== "") attributes.push({ path, labels: labelBlock({ chip, sensor: known }), family });
    }
  }
  return { infos, attributes };
}

function valueOf(text: string | null): number | null {
  if (text === null) return null;
  return text.startsWith("-") ? negative(decimal(text.slice(1))) : decimal(text);
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}
