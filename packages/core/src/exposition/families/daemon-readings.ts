import type { DaemonMetric } from "../../model/catalogue/daemon.ts";
import type { DelaySeconds } from "../runtime/event-loop-delay.ts";
import type { GarbageCollections } from "../runtime/garbage-collections.ts";
import type { ProcessStats } from "../runtime/process-stats.ts";
import type { CountsBy, DaemonStats } from "../sources.ts";

/** Everything that is read anew at each scrape. */
export interface SelfState {
  readonly stats: DaemonStats;
  readonly process: ProcessStats;
  readonly delay: DelaySeconds;
  readonly gc: Pick<GarbageCollections, "runs" | "seconds">;
}

/** One series: its labels and its value. */
export type Reading = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Metrics that count events as they happen, so they are no readings. */
export const OBSERVED_METRICS = [
  "cloud_monitor_http_requests_total",
  "cloud_monitor_http_request_duration_seconds",
  "cloud_monitor_http_connections_dropped_total",
  "cloud_monitor_scrapes_total",
] as const satisfies readonly DaemonMetric[];
export type ObservedMetric = (typeof OBSERVED_METRICS)[number];

/** Where each metric's values come from; no series for what is not known. */
export const DAEMON_READINGS: Record<Exclude<DaemonMetric, ObservedMetric>, (state: SelfState) => Reading[]> = {
  cloud_monitor_build_info: ({ stats }) => [[{ node: process.version, version: stats.version }, 1]],

  cloud_monitor_uptime_seconds: ({ stats }) => one(stats.uptimeSeconds),

  cloud_monitor_rows_found_in_spool_total: ({ stats }) => one(stats.sinks.storage.found),
  cloud_monitor_rows_collected_total: ({ stats }) => one(stats.sinks.storage.collected),
  cloud_monitor_rows_stored_total: ({ stats }) => one(stats.sinks.storage.delivered),
  cloud_monitor_rows_spooled: ({ stats }) => one(stats.sinks.storage.waiting),
  cloud_monitor_rows_quarantined_total: ({ stats }) => one(stats.sinks.storage.quarantined),
  cloud_monitor_rows_dropped_total: ({ stats }) => by("reason", stats.sinks.storage.dropped),
  cloud_monitor_rows_late_total: ({ stats }) => by("limit", stats.schedule.late),

  cloud_monitor_ticks_total: ({ stats }) => one(stats.schedule.ticks),
  cloud_monitor_clock_steps_total: ({ stats }) => one(stats.schedule.clockSteps),
  cloud_monitor_collections_missed_total: ({ stats }) => by("reason", stats.schedule.missed),
  cloud_monitor_collections_failed_total: ({ stats }) => by("reason", stats.collections.failed),
  cloud_monitor_collector_errors_total: ({ stats }) => by("collector", stats.collections.collectorErrors),

  cloud_monitor_threads_configured: ({ stats }) => one(stats.threads.configured),
  cloud_monitor_threads_running: ({ stats }) => one(stats.threads.running),
  cloud_monitor_threads_stuck: ({ stats }) => one(stats.threads.stuck),
  cloud_monitor_thread_replacements_total: ({ stats }) => by("reason", stats.threads.replacements),
  cloud_monitor_shard_ticks_total: ({ stats }) => one(stats.threads.tickCount),
  cloud_monitor_shard_tick_seconds_total: ({ stats }) => one(stats.threads.tickSeconds),
  cloud_monitor_shard_tick_max_seconds: ({ stats }) => one(stats.threads.tickSecondsMax),

  cloud_monitor_storage_available: ({ stats }) => one(stats.storage.available ? 1 : 0),
  cloud_monitor_storage_batches_total: ({ stats }) => one(stats.storage.batches),
  cloud_monitor_storage_write_seconds_total: ({ stats }) => one(stats.storage.writeSeconds),
  cloud_monitor_storage_retries_total: ({ stats }) => one(stats.sinks.storage.retries),
  cloud_monitor_storage_partitions_dropped_total: ({ stats }) => by("table", stats.storage.partitionsDropped),
  cloud_monitor_storage_retention_hold_seconds: ({ stats }) => one(stats.storage.retentionHoldSeconds),
  cloud_monitor_queue_rows: ({ stats }) => one(stats.sinks.storage.waiting),
  cloud_monitor_queue_rows_limit: ({ stats }) => one(stats.sinks.storage.rowsMax),
  cloud_monitor_queue_oldest_seconds: ({ stats }) => one(stats.sinks.storage.oldestSeconds ?? 0),

  cloud_monitor_config_reloads_total: ({ stats }) => by("result", stats.configReloads),
  cloud_monitor_log_lines_dropped_total: ({ stats }) => one(stats.logLinesDropped),

  cloud_monitor_eventloop_delay_seconds: ({ delay }) => by("statistic", { ...delay }),
  cloud_monitor_heap_used_bytes: ({ process: own }) => one(own.heapUsedBytes),
  cloud_monitor_heap_committed_bytes: ({ process: own }) => one(own.heapCommittedBytes),
  cloud_monitor_gc_runs_total: ({ gc }) => by("kind", gc.runs),
  cloud_monitor_gc_seconds_total: ({ gc }) => by("kind", gc.seconds),

  process_cpu_seconds_total: ({ process: own }) => one(own.cpuSeconds),
  process_resident_memory_bytes: ({ process: own }) => one(own.residentBytes),
  process_virtual_memory_bytes: ({ process: own }) => one(own.virtualBytes),
  process_open_fds: ({ process: own }) => one(own.openFds),
  process_max_fds: ({ process: own }) => one(own.maxFds),
  process_start_time_seconds: ({ stats }) => one(stats.startedAtMs / 1000),
};

function one(value: number | null): Reading[] {
  return value === null ? [] : [[{}, value]];
}

function by(label: string, counts: CountsBy): Reading[] {
  return Object.entries(counts).map(([key, count]) => [{ [label]: key }, count]);
}
