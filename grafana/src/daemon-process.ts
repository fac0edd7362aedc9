import type { Section } from "./layout.ts";
import { timeseries } from "./panels.ts";
import { series } from "./queries.ts";

const ON = 'job="$job", instance="$daemon"';
const own = (name: string, labels = "") => `cloud_monitor_${name}{${ON}${labels}}`;
const perSecond = (name: string, labels = "") => `rate(${own(name, labels)}[$__rate_interval])`;

const THREADS: Section = {
  title: "Threads",
  panels: [
    timeseries({
      title: "Duration of a tick",
      about: "Mean time that a collector thread takes for a tick of 100 ms, and the maximum since the daemon started.",
      unit: "s",
      min: 0,
      queries: [
        series(`${perSecond("shard_tick_seconds_total")} / ${perSecond("shard_ticks_total")}`, "mean"),
        series(own("shard_tick_max_seconds"), "longest since the start"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Ticks",
      about:
        "Slots processed by the schedule, and ticks completed by the threads. About 10 per second of each, per thread.",
      unit: "ops",
      min: 0,
      queries: [series(perSecond("ticks_total"), "schedule"), series(perSecond("shard_ticks_total"), "threads")],
      width: 8,
    }),
    timeseries({
      title: "Threads and replacements",
      about: "Threads that respond, and threads replaced in the selected time range, by reason.",
      unit: "none",
      min: 0,
      queries: [
        series(own("threads_running"), "answer"),
        series(own("threads_configured"), "configured"),
        series(`increase(${own("thread_replacements_total")}[$__range])`, "replaced: {{reason}}"),
      ],
      width: 8,
    }),
  ],
};

const PROCESS: Section = {
  title: "Main thread and process",
  panels: [
    timeseries({
      title: "Event loop delay",
      about:
        "Delay of timers on the main thread in the last one or two minutes. Above 0.1 s, responses and slots are late.",
      unit: "s",
      min: 0,
      warnAt: 0.1,
      queries: [series(own("eventloop_delay_seconds"), "{{statistic}}")],
      width: 8,
    }),
    timeseries({
      title: "CPU time",
      about: "CPUs used by the daemon, over all threads; 1 is one whole CPU.",
      unit: "none",
      min: 0,
      queries: [series(`rate(process_cpu_seconds_total{${ON}}[$__rate_interval])`, "CPUs")],
      width: 8,
    }),
    timeseries({
      title: "Memory",
      about: "Resident memory of the process, and the JavaScript heap of its main thread.",
      unit: "bytes",
      min: 0,
      queries: [
        series(`process_resident_memory_bytes{${ON}}`, "resident"),
        series(own("heap_committed_bytes"), "heap taken"),
        series(own("heap_used_bytes"), "heap used"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Garbage collection",
      about: "Share of time that garbage collections paused the main thread, by kind.",
      unit: "percentunit",
      min: 0,
      queries: [series(perSecond("gc_seconds_total"), "{{kind}}")],
      width: 8,
    }),
    timeseries({
      title: "Open files",
      about: "Open file descriptors, including sockets, and their limit.",
      unit: "short",
      min: 0,
      queries: [series(`process_open_fds{${ON}}`, "open"), series(`process_max_fds{${ON}}`, "limit")],
      width: 8,
    }),
    timeseries({
      title: "Other errors",
      about:
        "In the selected time range: readings that a collector of the host failed, log lines left out, and reloads by result.",
      unit: "none",
      min: 0,
      queries: [
        series(`increase(${own("collector_errors_total")}[$__range])`, "failed readings: {{collector}}"),
        series(`increase(${own("log_lines_dropped_total")}[$__range])`, "log lines left out"),
        series(`increase(${own("config_reloads_total")}[$__range])`, "reloads: {{result}}"),
      ],
      width: 8,
    }),
  ],
};

const HTTP: Section = {
  title: "HTTP",
  panels: [
    timeseries({
      title: "Requests by route",
      about: "Requests per second.",
      unit: "reqps",
      min: 0,
      queries: [series(`sum by (route) (${perSecond("http_requests_total")})`, "{{route}}")],
      width: 8,
    }),
    timeseries({
      title: "Responses by status",
      about: "Requests per second. 5xx other than 503 are defects of the daemon.",
      unit: "reqps",
      min: 0,
      queries: [series(`sum by (status) (${perSecond("http_requests_total")})`, "{{status}}")],
      width: 8,
    }),
    timeseries({
      title: "Response time, 99th percentile",
      about: "By route, with the accuracy of the histogram's buckets.",
      unit: "s",
      min: 0,
      queries: [
        series(
          `histogram_quantile(0.99, sum by (route, le) (${perSecond("http_request_duration_seconds_bucket")}))`,
          "{{route}}",
        ),
      ],
      width: 8,
    }),
    timeseries({
      title: "Scrapes",
      about: "Scrapes per second, by text format.",
      unit: "reqps",
      min: 0,
      queries: [series(perSecond("scrapes_total"), "{{format}}")],
      width: 12,
    }),
    timeseries({
      title: "Size and duration of a scrape",
      about: "As measured by Prometheus: samples per scrape, and its duration.",
      unit: "short",
      min: 0,
      queries: [
        series(`scrape_samples_scraped{${ON}}`, "samples"),
        series(`1000 * scrape_duration_seconds{${ON}}`, "milliseconds"),
      ],
      width: 12,
    }),
  ],
};

/** Threads, process and HTTP of the daemon. */
export const DAEMON_PROCESS: readonly Section[] = [THREADS, PROCESS, HTTP];
