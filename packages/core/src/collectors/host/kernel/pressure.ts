import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

/** Resource, kind of line, and its family: `some` counts while at least one task waits, `full` while all tasks do. */
const SOURCES = [
  ["cpu", { some: "node_pressure_cpu_waiting_seconds_total" }],
  ["io", { some: "node_pressure_io_waiting_seconds_total", full: "node_pressure_io_stalled_seconds_total" }],
  ["irq", { full: "node_pressure_irq_stalled_seconds_total" }],
  [
    "memory",
    { some: "node_pressure_memory_waiting_seconds_total", full: "node_pressure_memory_stalled_seconds_total" },
  ],
] as const;

export const PRESSURE: HostCollectorDefinition = {
  name: "pressure",
  families: families(
    { type: "counter", labels: [] },
    {
      node_pressure_cpu_waiting_seconds_total: "Time during which at least one task waited for a CPU.",
      node_pressure_io_stalled_seconds_total: "Time during which all tasks waited for I/O.",
      node_pressure_io_waiting_seconds_total: "Time during which at least one task waited for I/O.",
      node_pressure_irq_stalled_seconds_total: "Time during which no task ran because of interrupts.",
      node_pressure_memory_stalled_seconds_total: "Time during which all tasks waited for memory.",
      node_pressure_memory_waiting_seconds_total: "Time during which at least one task waited for memory.",
    },
  ),
  settings: {},
  create: ({ files }) => new PressureCollector(files),
};

/** Pressure stall information, /proc/pressure (Documentation/accounting/psi.rst); a kernel without it has nothing to read. */
export class PressureCollector implements HostCollector {
  readonly #sources: readonly { readonly file: ProcFile; readonly served: Readonly<Record<string, string>> }[];

  constructor(files: HostFiles) {
    this.#sources = SOURCES.map(([resource, served]) => ({ file: files.file("pressure", resource), served }));
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const { file, served } of this.#sources) {
      const text = file.textIfThere();
      if (text === null) continue;
      const totals = parsePressure(text);
      for (const [kind, family] of Object.entries(served)) {
        const microseconds = totals.get(kind);
        // Divided twice, so that the last bit of the result is that of node_exporter.
        if (microseconds !== undefined) out.series(family, "", microseconds / 1000 / 1000);
      }
    }
  }
}

/** Microseconds by kind of line (`some`, `full`). Throws `COLLECT_FAILED` when there is none. */
export function parsePressure(text: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [, kind, total] of text.matchAll(/^(some|full) .*\btotal=(\d+)$/gm)) totals.set(kind!, Number(total));
  if (totals.size > 0) return totals;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/pressure has a file without a line `some ... total=<number>`");
}
