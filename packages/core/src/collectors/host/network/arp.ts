import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { nameFilter } from "../kernel-files/name-filter.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { LabelTexts } from "../label-texts.ts";

export const ARP_SETTINGS = {
  arpDevicesExclude: {
    type: pattern,
    // Matches no name: no interface is ignored.
    fallback: "^$",
    help: "Interfaces that the arp collector ignores, as a regular expression.",
    flag: "--collector.arp.device-exclude",
  },
  arpDevicesInclude: {
    type: pattern,
    fallback: "",
    help: "Interfaces to which the arp collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.arp.device-include",
  },
} as const satisfies SettingDeclarations;

export const ARP: HostCollectorDefinition<typeof ARP_SETTINGS> = {
  name: "arp",
  families: families(
    { type: "gauge", labels: ["device"] },
    { node_arp_entries: "Entries of the ARP table, by interface." },
  ),
  settings: ARP_SETTINGS,
  create: ({ files, options }) => new ArpCollector(files.file("net", "arp"), options),
};

/** IPv4 neighbours by interface, /proc/net/arp (net/ipv4/arp.c of the kernel). */
export class ArpCollector implements HostCollector {
  readonly #file: ProcFile;
  /** Null for an ignored interface. */
  readonly #interfaces: KeyedCache<{ readonly text: string; readonly labels: string } | null>;

  constructor(file: ProcFile, { arpDevicesExclude, arpDevicesInclude }: OptionsOf<typeof ARP_SETTINGS>) {
    this.#file = file;
    const isSelected = nameFilter(arpDevicesInclude, arpDevicesExclude);
    const texts = new LabelTexts();
    this.#interfaces = new KeyedCache<{ readonly text: string; readonly labels: string } | null>(
      (name) => {
        if (!isSelected(name)) return null;
        const text = texts.claim(name);
        return { text, labels: labelBlock({ device: text }) };
      },
      (known) => known !== null && texts.release(known.text),
    );
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const [device, entries] of parseArp(this.#file.text())) {
      const known = this.#interfaces.get(device);
      if (known !== null) out.series("node_arp_entries", known.labels, entries);
    }
    this.#interfaces.endReading();
  }
}

/** Number of entries by interface, whose name is the last of six columns. Throws `COLLECT_FAILED` without the line of headings. */
export function parseArp(text: string): Map<string, number> {
  const entries = new Map<string, number>();
  const [headings = "", ...lines] = text.split("\n");
  if (!headings.startsWith("IP address"))
    throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/arp has no headings");
  for (const line of lines) {
    const device = /^\S+\s+0x\S+\s+0x\S+\s+\S+\s+\S+\s+(\S+)\s*$/.exec(line)?.[1];
    if (device !== undefined) entries.set(device, (entries.get(device) ?? 0) + 1);
  }
  return entries;
}
