import { gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";

export interface DaemonFacts {
  readonly version: string;
  /** Start of the process, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Time since then, by the monotonic clock. */
  readonly uptimeSeconds: number;
}

export const DAEMON_METRICS: readonly OwnMetric<DaemonFacts>[] = [
  gauge({
    name: "cloud_monitor_build_info",
    help: "Always 1; the labels are the versions of the daemon and of its runtime.",
    labels: ["nodejs", "version"],
    read: ({ version }) => [[{ nodejs: process.version, version }, 1]],
  }),
  gauge({
    name: "cloud_monitor_uptime_seconds",
    help: "Time since the daemon started, by the monotonic clock.",
    read: ({ uptimeSeconds }) => uptimeSeconds,
  }),
  gauge({
    name: "process_start_time_seconds",
    help: "Start time of the daemon, seconds since 1970.",
    read: ({ startedAtMs }) => startedAtMs / 1000,
  }),
];
