import { CloudMonitorError } from "../../model/errors.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import type { InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";
import type { HostCollector } from "./host-collector.ts";
import type { SharedText } from "./kernel-files/shared-text.ts";
import { TextScanner } from "./kernel-files/text-scanner.ts";

/** First word of a line of /proc/stat, and the family that its first number makes; see proc_stat(5). */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ["intr", "node_intr_total"],
  ["ctxt", "node_context_switches_total"],
  ["btime", "node_boot_time_seconds"],
  ["processes", "node_forks_total"],
  ["procs_running", "node_procs_running"],
  ["procs_blocked", "node_procs_blocked"],
]);

/** Boot time, tasks, context switches, forks and interrupts, from /proc/stat. */
export class StatCollector implements HostCollector {
  readonly name = "stat";
  readonly #stat: SharedText;

  constructor(stat: SharedText) {
    this.#stat = stat;
  }

  collect(_instance: InstanceRef, reading: Reading, out: SampleWriter): void {
    for (const [family, value] of parseStat(this.#stat.lines(reading))) {
      out.series(family, "", value);
      if (family === "node_procs_running") out.column(COLUMN.processes_running, value);
    }
  }

  close(): void {
    this.#stat.close();
  }
}

/** Values by family, of those lines that are there. Throws `COLLECT_FAILED` when none is. */
export function parseStat(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const family = FAMILIES.get(scan.word());
    if (family === undefined) continue;
    const value = scan.number();
    if (!Number.isNaN(value)) values.set(family, value);
  }
  if (values.size > 0) return values;
  throw new CloudMonitorError("COLLECT_FAILED", `/proc/stat has no line of ${[...FAMILIES.keys()].join(", ")}`);
}
