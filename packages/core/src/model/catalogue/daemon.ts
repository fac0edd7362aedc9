import type { MetricDefinition } from "./definition.ts";

/** The daemon's own metrics and those of its process. */
export const DAEMON_METRICS = [
  gauge("cloud_monitor_build_info", "1; the labels tell release and runtime.", ["node", "version"]),

  gauge("cloud_monitor_uptime_seconds", "Time since the daemon started; a step of the wall clock does not change it."),

  counter("cloud_monitor_rows_found_in_spool_total", "Rows of an earlier process that were found waiting at start."),
  counter("cloud_monitor_rows_collected_total", "Rows that attempts to collect made, failed attempts included."),
  counter("cloud_monitor_rows_stored_total", "Rows that the storage took."),
  gauge("cloud_monitor_rows_spooled", "Rows that wait for the storage now."),
  counter(
    "cloud_monitor_rows_quarantined_total",
    "Rows that no partition may take: outside retention or over an hour ahead.",
  ),
  counter("cloud_monitor_rows_dropped_total", "Rows that are lost or were there before, by reason.", ["reason"]),
  counter("cloud_monitor_rows_late_total", "Rows that came later than the limit after their slot.", ["limit"]),

  counter("cloud_monitor_ticks_total", "Slots that the schedule went through."),
  counter("cloud_monitor_clock_steps_total", "Steps of the wall clock by over 100 ms, forward or back."),
  counter("cloud_monitor_collections_missed_total", "Due collections that were not attempted, by reason.", ["reason"]),
  counter("cloud_monitor_collections_failed_total", "Attempts to collect that failed, by reason.", ["reason"]),
  counter("cloud_monitor_collector_errors_total", "Readings that a collector of this host failed.", ["collector"]),

  gauge("cloud_monitor_threads_configured", "Collector threads that there should be."),
  gauge("cloud_monitor_threads_running", "Collector threads that answer."),
  gauge(
    "cloud_monitor_threads_stuck",
    "Collector threads that were given up and do not end, stuck in the kernel; each keeps about 10 MB.",
  ),
  counter("cloud_monitor_thread_replacements_total", "Collector threads that were replaced, by reason.", ["reason"]),
  counter("cloud_monitor_shard_ticks_total", "Ticks that collector threads finished."),
  counter("cloud_monitor_shard_tick_seconds_total", "Time that finished ticks took."),
  gauge("cloud_monitor_shard_tick_max_seconds", "Longest tick since the daemon started."),

  gauge("cloud_monitor_storage_available", "1 when the storage takes samples, 0 when it has taken none for 10 s."),
  counter("cloud_monitor_storage_batches_total", "Batches that were written."),
  counter("cloud_monitor_storage_write_seconds_total", "Time that writing batches took."),
  counter("cloud_monitor_storage_retries_total", "Writes that were tried again."),
  counter("cloud_monitor_storage_partitions_dropped_total", "Partitions that were dropped, by table.", ["table"]),
  gauge(
    "cloud_monitor_storage_retention_hold_seconds",
    "Run time until rows past retention are dropped again, after a step of the clock or a gap; 0 usually.",
  ),
  gauge("cloud_monitor_queue_rows", "Rows in the queue between collection and storage."),
  gauge("cloud_monitor_queue_rows_limit", "Rows that the queue may hold; beyond it the oldest are dropped."),
  gauge("cloud_monitor_queue_oldest_seconds", "Age of the oldest row in the queue; 0 when it is empty."),

  counter("cloud_monitor_http_requests_total", "HTTP requests answered.", ["method", "route", "status"]),
  {
    ...gauge("cloud_monitor_http_request_duration_seconds", "Time from a request's arrival to its answer.", ["route"]),
    type: "histogram",
  },
  counter("cloud_monitor_http_connections_dropped_total", "HTTP connections that the daemon ended, by reason.", [
    "reason",
  ]),
  counter("cloud_monitor_scrapes_total", "Pages of metrics that were started, by format.", ["format"]),

  counter("cloud_monitor_config_reloads_total", "Reloads of the configuration, by result.", ["result"]),
  counter("cloud_monitor_log_lines_dropped_total", "Log lines left out by the rate limit or because nobody took them."),

  gauge(
    "cloud_monitor_eventloop_delay_seconds",
    "How late timers of the main thread ran: the worse of the running and the last full minute.",
    ["statistic"],
  ),
  gauge("cloud_monitor_heap_used_bytes", "JavaScript heap of the main thread in use."),
  gauge("cloud_monitor_heap_committed_bytes", "JavaScript heap of the main thread taken from the system."),
  counter("cloud_monitor_gc_runs_total", "Garbage collections of the main thread.", ["kind"]),
  counter("cloud_monitor_gc_seconds_total", "Time that garbage collections held the main thread.", ["kind"]),

  counter("process_cpu_seconds_total", "Processor time of the daemon, all threads, user and system."),
  gauge("process_resident_memory_bytes", "Memory of the daemon in RAM."),
  gauge("process_virtual_memory_bytes", "Address space of the daemon."),
  gauge("process_open_fds", "Open file descriptors of the daemon."),
  gauge("process_max_fds", "File descriptors that the daemon may open."),
  gauge("process_start_time_seconds", "When the daemon started, seconds since 1970."),
] as const satisfies readonly MetricDefinition[];

export type DaemonMetric = (typeof DAEMON_METRICS)[number]["name"];

type Own<Name extends string> = MetricDefinition & { readonly name: Name };

function counter<Name extends string>(name: Name, help: string, labels: readonly string[] = []): Own<Name> {
  return { name, type: "counter", unit: unitOf(name), help, labels, origin: "daemon" };
}

function gauge<Name extends string>(name: Name, help: string, labels: readonly string[] = []): Own<Name> {
  return { name, type: "gauge", unit: unitOf(name), help, labels, origin: "daemon" };
}

function unitOf(name: string): string {
  return /_(bytes|seconds)(_total)?$/.exec(name)?.[1] ?? "";
}
