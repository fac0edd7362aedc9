import { dashboard } from "./dashboard.ts";
import { FLEET_GROUPS } from "./fleet-groups.ts";
import { ROW_TO_INSTANCE, SERIES_TO_INSTANCE, UID } from "./links.ts";
import { bars, stat, table, timeseries } from "./panels.ts";
import type { Section } from "./layout.ts";
import { newest, rows, series } from "./queries.ts";
import { DAEMONS, DATASOURCE } from "./variables.ts";

const OF = 'instance=~"$daemon"';

function count(status: string, about: string, colour: string) {
  return stat({
    title: `${status.charAt(0).toUpperCase()}${status.slice(1)}`,
    about,
    unit: "none",
    queries: [newest(`sum(cloud_monitor_instances{${OF}, status="${status}"})`, status)],
    thresholds: [
      { color: status === "up" ? colour : "green", value: null },
      ...(status === "up" ? [] : [{ color: colour, value: 1 }]),
    ],
  });
}

const NOW: Section = {
  title: "Now",
  panels: [
    count("up", "Instances whose last collection succeeded.", "green"),
    count("down", "Instances whose last collection failed; they are listed below.", "red"),
    count(
      "stale",
      "Instances without a collection for two intervals: the daemon is late, or no longer collects them.",
      "orange",
    ),
    count("pending", "Instances waiting for their first collection.", "blue"),
    stat({
      title: "Up, share",
      about: "Share of all instances that are up.",
      unit: "percentunit",
      decimals: 1,
      thresholds: [
        { color: "red", value: null },
        { color: "orange", value: 0.95 },
        { color: "green", value: 0.99 },
      ],
      queries: [newest(`sum(cloud_monitor_instances{${OF}, status="up"}) / sum(cloud_monitor_instances{${OF}})`, "up")],
    }),
    stat({
      title: "All instances exposed",
      about:
        "Whether /metrics has the series of every instance. Instances with ids above METRICS_INSTANCES_MAX are missing here unless Prometheus scrapes their pages; the PostgreSQL dashboards show them.",
      unit: "none",
      queries: [newest(`min(cloud_monitor_instances_exposed{${OF}})`, "exposed")],
      values: { "0": { text: "no", color: "orange" }, "1": { text: "yes", color: "green" } },
    }),
  ],
};

const DOWN: Section = {
  title: "What is down, and why",
  panels: [
    table({
      title: "Down now",
      about:
        "Instances whose last collection failed. The reason of each is in `cloudctl list --status down`; the next panel counts failures by reason.",
      unit: "none",
      queries: [
        rows(
          `(cloud_monitor_instance_up{${OF}} == 0) * on (instance, id) group_left (ip, kind, zone, role) cloud_monitor_instance_info{${OF}}`,
        ),
      ],
      columns: { name: { links: [ROW_TO_INSTANCE] }, instance: { name: "daemon" } },
      hidden: ["Time", "Value", "job", "__name__"],
    }),
    timeseries({
      title: "Failed collections by reason",
      about: "Failed collections per second, of all instances.",
      unit: "cps",
      min: 0,
      queries: [
        series(`sum by (reason) (rate(cloud_monitor_collections_failed_total{${OF}}[$__rate_interval]))`, "{{reason}}"),
      ],
      height: 9,
    }),
    timeseries({
      title: "Instances by status",
      about: "How many instances are in each status.",
      unit: "none",
      min: 0,
      stacked: true,
      queries: [series(`sum by (status) (cloud_monitor_instances{${OF}})`, "{{status}}")],
      width: 24,
      height: 7,
    }),
  ],
};

function busiest(title: string, metric: string, about: string) {
  return bars({
    title,
    about,
    unit: "percent",
    min: 0,
    max: 100,
    warnAt: 80,
    badAt: 90,
    queries: [newest(`sort_desc(topk(10, ${metric}{${OF}}))`, "{{name}}")],
    links: [SERIES_TO_INSTANCE],
  });
}

const BUSIEST: Section = {
  title: "The ten busiest",
  panels: [
    busiest("CPU", "cloud_monitor_instance_cpu_usage_percent", "The ten instances with the highest CPU usage."),
    busiest(
      "Memory",
      "cloud_monitor_instance_memory_usage_percent",
      "The ten instances with the least available memory.",
    ),
    busiest(
      "Fullest filesystem",
      "cloud_monitor_instance_filesystem_usage_percent",
      "The ten instances with the fullest filesystems, fullest first.",
    ),
  ],
};

export const FLEET = dashboard({
  uid: UID.fleet,
  title: "cloud-monitor / Fleet",
  about: "All instances of one daemon or several: how many are up, which are down, which are busiest, and where.",
  variables: [DATASOURCE, DAEMONS],
  sections: [NOW, DOWN, BUSIEST, ...FLEET_GROUPS],
});
