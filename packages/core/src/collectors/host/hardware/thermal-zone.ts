import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { byteNameOf, textOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { attributeNumber, attributeText, entriesOf } from "../kernel-files/sysfs.ts";

const CELSIUS_PER_UNIT = 1000;

export const THERMAL_ZONE: HostCollectorDefinition = {
  name: "thermal_zone",
  families: [
    ...families(
      { type: "gauge", labels: ["name", "type"] },
      {
        node_cooling_device_cur_state: "State of the cooling device: 0 is off.",
        node_cooling_device_max_state: "Maximum state of the cooling device.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["type", "zone"] },
      { node_thermal_zone_temp: "Temperature of the zone in degrees Celsius." },
    ),
  ],
  settings: {},
  create: ({ options }) => new ThermalZoneCollector(options.sysfs),
};

/** Thermal zones and cooling devices (Documentation/driver-api/thermal/sysfs-api.rst); a virtual machine has nothing to read. */
export class ThermalZoneCollector implements HostCollector {
  readonly #folder: string;
  readonly #labels = new KeyedCache((key) => {
    const [kind = "", number = "", type = ""] = key.split("\0").map(textOf);
    return labelBlock({ [kind]: number, type });
  });

  constructor(sysfs: string) {
    this.#folder = join(byteNameOf(sysfs), "class", "thermal");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const entry of entriesOf(this.#folder)) {
      const [, kind, number] = /^(thermal_zone|cooling_device)(\d+)$/.exec(entry) ?? [];
      if (number === undefined) continue;
      const folder = join(this.#folder, entry);
      const type = attributeText(join(folder, "type"));
      if (kind === "thermal_zone") {
        const temperature = attributeNumber(join(folder, "temp"));
        if (temperature === null) continue;
        out.series(
          "node_thermal_zone_temp",
          this.#labels.get(`zone\0${number}\0${type ?? ""}`),
          temperature / CELSIUS_PER_UNIT,
        );
        continue;
      }
      if (type === null) continue;
      const labels = this.#labels.get(`name\0${number}\0${type}`);
      const current = attributeNumber(join(folder, "cur_state"));
      const maximum = attributeNumber(join(folder, "max_state"));
      if (current !== null) out.series("node_cooling_device_cur_state", labels, current);
      if (maximum !== null) out.series("node_cooling_device_max_state", labels, maximum);
    }
    this.#labels.endReading();
  }
}
