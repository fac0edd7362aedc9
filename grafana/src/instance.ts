import { dashboard } from "./dashboard.ts";
import type { Section } from "./layout.ts";
import { NAME_TO_HISTORY, UID } from "./links.ts";
import { stat, table, timeline, timeseries } from "./panels.ts";
import type { PanelSpec } from "./panels.ts";
import { newest, rows, series } from "./queries.ts";
import { DAEMON, DATASOURCE, INSTANCE } from "./variables.ts";

const OF = 'instance="$daemon", name="$name"';
const metric = (name: string) => `cloud_monitor_instance_${name}{${OF}}`;
const UP = {
  "0": { text: "down", color: "red" },
  "1": { text: "up", color: "green" },
};

const NOW: Section = {
  title: "Now",
  panels: [
    stat({
      title: "Status",
      about:
        "Whether the last collection succeeded. Empty: the instance is stale or pending, and old values must not look like current ones.",
      unit: "none",
      queries: [newest(metric("up"), "up")],
      values: UP,
      links: [NAME_TO_HISTORY],
    }),
    stat({
      title: "Up, share of the time",
      about: "Share of the scrapes in the selected time range that found it up.",
      unit: "percentunit",
      decimals: 2,
      thresholds: [
        { color: "red", value: null },
        { color: "orange", value: 0.99 },
        { color: "green", value: 0.999 },
      ],
      queries: [newest(`avg_over_time(${metric("up")}[$__range])`, "up")],
    }),
    stat({
      title: "Uptime",
      about: "Time since the instance booted.",
      unit: "s",
      decimals: 0,
      queries: [newest(metric("uptime_seconds"), "uptime")],
    }),
    stat({
      title: "CPU usage",
      about: "Share of CPU time neither idle nor waiting for I/O.",
      unit: "percent",
      decimals: 1,
      warnAt: 80,
      badAt: 95,
      queries: [newest(metric("cpu_usage_percent"), "used")],
    }),
    stat({
      title: "Memory usage",
      about: "Share of memory not available to new processes.",
      unit: "percent",
      decimals: 1,
      warnAt: 85,
      badAt: 95,
      queries: [newest(metric("memory_usage_percent"), "used")],
    }),
    stat({
      title: "Fullest filesystem",
      about: "Used share of the fullest writable filesystem.",
      unit: "percent",
      decimals: 1,
      warnAt: 80,
      badAt: 90,
      queries: [newest(metric("filesystem_usage_percent"), "used")],
    }),
    table({
      title: "What it is",
      about: "Id, address, kind, source, and its own labels.",
      unit: "none",
      queries: [rows(metric("info"))],
      columns: { instance: { name: "daemon" } },
      hidden: ["Time", "Value", "job", "__name__"],
      width: 24,
      height: 4,
    }),
    timeline({
      title: "Up and down",
      about: "Green while it was up, red while it was down, a gap while it was stale or not scraped.",
      unit: "none",
      queries: [series(metric("up"), "{{name}}")],
      values: UP,
    }),
  ],
};

type Chart = Omit<PanelSpec, "queries" | "width"> & { readonly lines: Readonly<Record<string, string>> };

/** One chart of core metrics: metric -> name of its line. */
function chart({ lines, ...spec }: Chart) {
  const queries = Object.entries(lines).map(([name, legend]) => series(metric(name), legend));
  return timeseries({ ...spec, min: 0, queries, width: 8 });
}

const OVER_TIME: Section = {
  title: "Over time",
  panels: [
    timeseries({
      title: "CPU usage over time, compared with the fleet",
      about: "The instance compared with the mean of all instances: is only this one busy, or all of them?",
      unit: "percent",
      min: 0,
      max: 100,
      warnAt: 80,
      badAt: 95,
      queries: [
        series(metric("cpu_usage_percent"), "{{name}}"),
        series(
          'cloud_monitor_fleet_cpu_usage_percent{instance="$daemon", kind!="host", statistic="avg"}',
          "mean of {{kind}}",
        ),
      ],
      width: 8,
    }),
    chart({
      title: "Memory usage over time",
      about: "Share of memory not available to new processes.",
      unit: "percent",
      max: 100,
      warnAt: 85,
      badAt: 95,
      lines: { memory_usage_percent: "used" },
    }),
    chart({
      title: "Load",
      about: "Runnable and uninterruptible tasks, averaged over 1, 5 and 15 minutes, and the tasks running now.",
      unit: "none",
      lines: { load1: "1 minute", load5: "5 minutes", load15: "15 minutes", processes_running: "running now" },
    }),
    chart({
      title: "Memory and swap",
      about: "Total memory, memory available without swapping, and the swap space in use.",
      unit: "bytes",
      lines: {
        memory_total_bytes: "total",
        memory_available_bytes: "available",
        swap_used_bytes: "swap used",
      },
    }),
    chart({
      title: "Fullest filesystem over time",
      about: "Used share of the fullest writable filesystem.",
      unit: "percent",
      max: 100,
      warnAt: 80,
      badAt: 90,
      lines: { filesystem_usage_percent: "used" },
    }),
    chart({
      title: "Disks",
      about: "Bytes per second read from and written to whole disks.",
      unit: "Bps",
      lines: { disk_read_bytes_per_second: "read", disk_written_bytes_per_second: "written" },
    }),
    chart({
      title: "Network",
      about: "Bytes per second received and sent, each byte counted on one interface only.",
      unit: "Bps",
      lines: { network_receive_bytes_per_second: "received", network_transmit_bytes_per_second: "sent" },
    }),
    chart({
      title: "Uptime over time",
      about: "Returns to zero at every boot.",
      unit: "s",
      lines: { uptime_seconds: "uptime" },
    }),
    chart({
      title: "Collection duration",
      about: "Duration of the collection. It grows before an instance starts to time out.",
      unit: "s",
      lines: { collect_duration_seconds: "attempt" },
    }),
  ],
};

export const INSTANCE_DASHBOARD = dashboard({
  uid: UID.instance,
  title: "cloud-monitor / Instance",
  about: "One instance, as seen by Prometheus: its state and its core metrics over time.",
  variables: [DATASOURCE, DAEMON, INSTANCE],
  sections: [NOW, OVER_TIME],
});
