import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { byteNameOf, textOf } from "../kernel-files/byte-name.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";
import { attributeText, entriesOf } from "../kernel-files/sysfs.ts";

/** The firmware's data does not change while the kernel runs; a driver may be loaded later. */
const PERIOD_MS = 3_600_000;
/** Label and attribute. */
const LABELS = {
  bios_date: "bios_date",
  bios_release: "bios_release",
  bios_vendor: "bios_vendor",
  bios_version: "bios_version",
  board_asset_tag: "board_asset_tag",
  board_name: "board_name",
  board_serial: "board_serial",
  board_vendor: "board_vendor",
  board_version: "board_version",
  chassis_asset_tag: "chassis_asset_tag",
  chassis_serial: "chassis_serial",
  chassis_vendor: "chassis_vendor",
  chassis_version: "chassis_version",
  product_family: "product_family",
  product_name: "product_name",
  product_serial: "product_serial",
  product_sku: "product_sku",
  product_uuid: "product_uuid",
  product_version: "product_version",
  system_vendor: "sys_vendor",
} as const;

export const DMI: HostCollectorDefinition = {
  name: "dmi",
  families: families(
    { type: "gauge", labels: Object.keys(LABELS) },
    {
      node_dmi_info:
        "Always 1; the labels describe the machine according to its firmware. Those that it lacks, or that only root may read, are missing.",
    },
  ),
  settings: {},
  create: ({ options }) => new DmiCollector(options.sysfs),
};

/** The machine's maker, model and firmware, /sys/class/dmi/id (SMBIOS); a machine without it has nothing to read. */
export class DmiCollector implements HostCollector {
  readonly #labels: RereadAfter<string | null>;

  constructor(sysfs: string) {
    const folder = join(byteNameOf(sysfs), "class", "dmi", "id");
    this.#labels = new RereadAfter(PERIOD_MS, () => readDmi(folder));
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const labels = this.#labels.get(context);
    if (labels !== null) out.series("node_dmi_info", labels, 1);
  }
}

function readDmi(folder: string): string | null {
  if (entriesOf(folder).length === 0) return null;
  const labels: Record<string, string> = {};
  for (const [label, attribute] of Object.entries(LABELS)) {
    const text = attributeText(join(folder, attribute));
    if (text !== null) labels[label] = textOf(text);
  }
  return labelBlock(labels);
}
