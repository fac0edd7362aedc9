import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

export const MEMINFO: HostCollectorDefinition = {
  name: "meminfo",
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_memory_HugePages_Free: "Free huge pages.",
        node_memory_HugePages_Rsvd: "Huge pages reserved but not yet allocated.",
        node_memory_HugePages_Surp: "Huge pages allocated beyond the configured number.",
        node_memory_HugePages_Total: "Huge pages in the pool.",
        node_memory_available_bytes: "Memory available to new processes without swapping.",
        node_memory_cached_bytes: "Page cache: memory with file contents.",
        node_memory_total_bytes: "Memory managed by the kernel.",
        node_memory_used_bytes: "Memory not available to new processes.",
        "node_memory_{field}_bytes": "The field of /proc/meminfo with this name; `Active(anon)` is `Active_anon`.",
        node_swap_total_bytes: "Swap space.",
        node_swap_used_bytes: "Swap space in use.",
      },
    ),
  ],
  settings: {},
  create: ({ files }) => new MeminfoCollector(files.file("meminfo")),
};

/** Memory by the fields of /proc/meminfo, see proc_meminfo(5). */
export class MeminfoCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #names = new KeyedCache(seriesName);

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const fields = parseMeminfo(this.#file.lines());
    for (const [field, value] of fields) {
      const name = this.#names.get(field);
      if (name !== null) out.series(name, "", value);
    }
    this.#names.endReading();
    writeMemory(fields, out);
    writeSwap(fields, out);
  }
}

/** The fields without a unit. */
const COUNTS = /^HugePages_(?:Free|Rsvd|Surp|Total)$/;

/** Bytes by field, and plain counts for the fields without a unit (`HugePages_Total`). Throws when MemTotal is missing. */
export function parseMeminfo(text: string): Map<string, number> {
  const fields = new Map<string, number>();
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const field = scan.before(":");
    const value = scan.number();
    const unit = scan.word();
    if (field === "" || Number.isNaN(value)) continue;
    if (unit === "kB") fields.set(field, value * 1024);
    else if (unit === "" && COUNTS.test(field)) fields.set(field, value);
  }
  if (fields.has("MemTotal")) return fields;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/meminfo has no line `MemTotal: <number> kB`");
}

/** Null for a field that is not valid in a metric name: names never come from unchecked input. */
function seriesName(field: string): string | null {
  const match = /^([A-Za-z0-9_]+)(?:\(([A-Za-z0-9_]+)\))?$/.exec(field);
  if (match === null) return null;
  const part = match[2] === undefined ? match[1]! : `${match[1]!}_${match[2]}`;
  return COUNTS.test(part) ? `node_memory_${part}` : `node_memory_${part}_bytes`;
}

function writeMemory(fields: ReadonlyMap<string, number>, out: SampleWriter): void {
  const total = fields.get("MemTotal")!;
  const available = fields.get("MemAvailable");
  const cached = fields.get("Cached");
  out.series("node_memory_total_bytes", "", total);
  out.column(COLUMN.memory_total_bytes, total);
  if (cached !== undefined) out.series("node_memory_cached_bytes", "", cached);
  if (available === undefined) return;
  // In some containers the two come from different sources, and available exceeds total.
  const used = Math.max(0, total - available);
  out.series("node_memory_available_bytes", "", available);
  out.series("node_memory_used_bytes", "", used);
  out.column(COLUMN.memory_available_bytes, available);
  if (total > 0) out.column(COLUMN.memory_usage_percent, (100 * used) / total);
}

function writeSwap(fields: ReadonlyMap<string, number>, out: SampleWriter): void {
  const total = fields.get("SwapTotal");
  const free = fields.get("SwapFree");
  if (total === undefined || free === undefined) return;
  const used = Math.max(0, total - free);
  out.series("node_swap_total_bytes", "", total);
  out.series("node_swap_used_bytes", "", used);
  out.column(COLUMN.swap_used_bytes, used);
}
