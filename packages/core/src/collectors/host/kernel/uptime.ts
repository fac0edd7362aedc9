import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { decimal } from "../kernel-files/decimal.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

export const UPTIME: HostCollectorDefinition = {
  name: "uptime",
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_uptime_seconds: "Seconds since the host booted.",
      },
    ),
  ],
  settings: {},
  create: ({ files }) => new UptimeCollector(files.file("uptime")),
};

/** Seconds since boot, including suspended time: the first number of /proc/uptime. */
export class UptimeCollector implements HostCollector {
  readonly #file: ProcFile;

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const seconds = parseUptime(this.#file.lines());
    out.series("node_uptime_seconds", "", seconds);
    out.column(COLUMN.uptime_seconds, seconds);
  }
}

/** Throws `COLLECT_FAILED` when the text does not begin with a decimal. */
export function parseUptime(text: string): number {
  const seconds = decimal(new TextScanner(text).word());
  if (seconds !== null) return seconds;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/uptime does not begin with a decimal number");
}
