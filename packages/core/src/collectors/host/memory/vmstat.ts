import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

/** The same as in node_exporter 1.12: of about 150 fields, those of paging and of killed processes. */
export const VMSTAT_SETTINGS = {
  vmstatFields: {
    type: pattern,
    fallback: "^(oom_kill|pgpg|pswp|pg.*fault).*",
    help: "Fields of /proc/vmstat to serve, as a regular expression.",
    flag: "--collector.vmstat.fields",
  },
} as const satisfies SettingDeclarations;

export const VMSTAT: HostCollectorDefinition<typeof VMSTAT_SETTINGS> = {
  name: "vmstat",
  families: families(
    { type: "untyped", labels: [] },
    { "node_vmstat_{field}": "The field of /proc/vmstat with this name, in its unit." },
  ),
  settings: VMSTAT_SETTINGS,
  create: ({ files, options }) => new VmstatCollector(files.file("vmstat"), options),
};

/** Paging and memory reclaim by the fields of /proc/vmstat (mm/vmstat.c of the kernel). */
export class VmstatCollector implements HostCollector {
  readonly #file: ProcFile;
  /** Family of a field; null for one that is not served. */
  readonly #families: KeyedCache<string | null>;

  constructor(file: ProcFile, { vmstatFields }: OptionsOf<typeof VMSTAT_SETTINGS>) {
    this.#file = file;
    this.#families = new KeyedCache((field) => {
      return vmstatFields.test(field) && /^\w+$/.test(field) ? `node_vmstat_${field}` : null;
    });
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const [field, value] of parseVmstat(this.#file.lines())) {
      const family = this.#families.get(field);
      if (family !== null) out.series(family, "", value);
    }
    this.#families.endReading();
  }
}

/** Lines that are not a name and a number are skipped. Throws `COLLECT_FAILED` when there is no other. */
export function parseVmstat(text: string): Map<string, number> {
  const fields = new Map<string, number>();
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const field = scan.word();
    const value = scan.number();
    if (field !== "" && !Number.isNaN(value)) fields.set(field, value);
  }
  if (fields.size > 0) return fields;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/vmstat has no line with a name and a number");
}
