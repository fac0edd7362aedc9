import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { decimal } from "../kernel-files/decimal.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

export const LOADAVG: HostCollectorDefinition = {
  name: "loadavg",
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_load1: "Runnable and uninterruptible tasks, averaged over 1 minute.",
        node_load15: "Runnable and uninterruptible tasks, averaged over 15 minutes.",
        node_load5: "Runnable and uninterruptible tasks, averaged over 5 minutes.",
      },
    ),
  ],
  settings: {},
  create: ({ files }) => new LoadavgCollector(files.file("loadavg")),
};

/** The three load averages of /proc/loadavg. */
export class LoadavgCollector implements HostCollector {
  readonly #file: ProcFile;

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const { load1, load5, load15 } = parseLoadavg(this.#file.lines());
    out.series("node_load1", "", load1);
    out.series("node_load5", "", load5);
    out.series("node_load15", "", load15);
    out.column(COLUMN.load1, load1);
    out.column(COLUMN.load5, load5);
    out.column(COLUMN.load15, load15);
  }
}

export interface LoadAverages {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
}

/** Throws `COLLECT_FAILED` when the text does not begin with three decimals. */
export function parseLoadavg(text: string): LoadAverages {
  const scan = new TextScanner(text);
  const load1 = decimal(scan.word());
  const load5 = decimal(scan.word());
  const load15 = decimal(scan.word());
  if (load1 !== null && load5 !== null && load15 !== null) return { load1, load5, load15 };
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/loadavg does not begin with three decimal numbers");
}
