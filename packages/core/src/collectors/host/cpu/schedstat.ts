import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

/** Columns before the three that are served. */
const SKIPPED = 6;
const NANOSECONDS = 1e9;

export const SCHEDSTAT: HostCollectorDefinition = {
  name: "schedstat",
  families: families(
    { type: "counter", labels: ["cpu"] },
    {
      node_schedstat_running_seconds_total: "Time that tasks ran on the CPU.",
      node_schedstat_timeslices_total: "Time slices that ran on the CPU.",
      node_schedstat_waiting_seconds_total: "Time that tasks waited for the CPU, summed over all of them.",
    },
  ),
  settings: {},
  create: ({ files }) => new SchedstatCollector(files.file("schedstat")),
};

/** Scheduling by CPU, /proc/schedstat (Documentation/scheduler/sched-stats.rst); a kernel without it has nothing to read. */
export class SchedstatCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #labels = new KeyedCache((cpu) => labelBlock({ cpu }));

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const text = this.#file.textIfThere();
    for (const { cpu, runningNs, waitingNs, timeslices } of text === null ? [] : parseSchedstat(text)) {
      const labels = this.#labels.get(cpu);
      out.series("node_schedstat_running_seconds_total", labels, runningNs / NANOSECONDS);
      out.series("node_schedstat_timeslices_total", labels, timeslices);
      out.series("node_schedstat_waiting_seconds_total", labels, waitingNs / NANOSECONDS);
    }
    this.#labels.endReading();
  }
}

export interface CpuSchedule {
  readonly cpu: string;
  readonly runningNs: number;
  readonly waitingNs: number;
  readonly timeslices: number;
}

/** Lines other than `cpuN` with nine numbers are skipped. Throws `COLLECT_FAILED` when there is no other. */
export function parseSchedstat(text: string): CpuSchedule[] {
  const cpus: CpuSchedule[] = [];
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const [, cpu] = /^cpu(\d+)$/.exec(scan.word()) ?? [];
    if (cpu === undefined) continue;
    for (let column = 0; column < SKIPPED; column++) scan.number();
    const [runningNs, waitingNs, timeslices] = [scan.number(), scan.number(), scan.number()];
    if (Number.isNaN(runningNs) || Number.isNaN(waitingNs) || Number.isNaN(timeslices)) continue;
    cpus.push({ cpu, runningNs, waitingNs, timeslices });
  }
  if (cpus.length > 0) return cpus;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/schedstat has no line `cpuN` with nine numbers");
}
