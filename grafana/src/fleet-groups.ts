import type { Section } from "./layout.ts";
import { table, timeseries } from "./panels.ts";
import { rows, series } from "./queries.ts";

const OF = 'instance=~"$daemon"';

/** Values of the instances that have the label, with it; 0 and 1 for a comparison. */
const labelled = (values: string, label: string) =>
  `${values} * on (instance, id) group_left (${label}) cloud_monitor_instance_info{${OF}, ${label}!=""}`;

function byLabel(label: string) {
  const up = `cloud_monitor_instance_up{${OF}}`;
  return table({
    title: `By ${label}`,
    about: `Instances by their label \`${label}\`; those without the label are not included. Means and maxima are over the instances that are up.`,
    unit: "none",
    queries: [
      rows(`count by (${label}) (cloud_monitor_instance_info{${OF}, ${label}!=""})`),
      rows(`sum by (${label}) (${labelled(`(${up} == bool 0)`, label)})`),
      rows(`avg by (${label}) (${labelled(`cloud_monitor_instance_cpu_usage_percent{${OF}}`, label)})`),
      rows(`max by (${label}) (${labelled(`cloud_monitor_instance_cpu_usage_percent{${OF}}`, label)})`),
      rows(`avg by (${label}) (${labelled(`cloud_monitor_instance_memory_usage_percent{${OF}}`, label)})`),
      rows(`max by (${label}) (${labelled(`cloud_monitor_instance_filesystem_usage_percent{${OF}}`, label)})`),
    ],
    columns: {
      "Value #A": { name: "Instances" },
      "Value #B": { name: "Down", badAt: 1 },
      "Value #C": { name: "CPU, mean", unit: "percent", warnAt: 80, badAt: 90 },
      "Value #D": { name: "CPU, maximum", unit: "percent", warnAt: 90, badAt: 98 },
      "Value #E": { name: "Memory, mean", unit: "percent", warnAt: 80, badAt: 90 },
      "Value #F": { name: "Filesystem, fullest", unit: "percent", warnAt: 80, badAt: 90 },
    },
    hidden: ["Time"],
    sortBy: "Down",
    height: 8,
  });
}

const GROUPS: Section = { title: "By zone and role", panels: [byLabel("zone"), byLabel("role")] };

const statistics = (metric: string, names: readonly string[]) =>
  names.map((name) =>
    series(`${name} by (kind) (cloud_monitor_fleet_${metric}{${OF}, statistic="${name}"})`, `{{kind}}, ${name}`),
  );

const MEAN_AND_MAX = ["avg", "max"];

function share(title: string, metric: string, about: string) {
  const queries = statistics(metric, MEAN_AND_MAX);
  return timeseries({ title, about, unit: "percent", min: 0, max: 100, queries, width: 8 });
}

const TOGETHER: Section = {
  title: "All instances together",
  panels: [
    share(
      "CPU usage",
      "cpu_usage_percent",
      "Mean and maximum over the instances that are up. For several daemons, the mean is the mean of their means.",
    ),
    share("Memory usage", "memory_usage_percent", "Mean and maximum over the instances that are up."),
    share("Fullest filesystem of each", "filesystem_usage_percent", "Mean and maximum over the instances that are up."),
    timeseries({
      title: "Network",
      about: "Bytes per second received and sent by all instances together, without lo.",
      unit: "Bps",
      min: 0,
      queries: [
        series(`sum(cloud_monitor_fleet_network_receive_bytes_per_second{${OF}, statistic="sum"})`, "received"),
        series(`sum(cloud_monitor_fleet_network_transmit_bytes_per_second{${OF}, statistic="sum"})`, "sent"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Disks",
      about: "Bytes per second read and written by all instances together.",
      unit: "Bps",
      min: 0,
      queries: [
        series(`sum(cloud_monitor_fleet_disk_read_bytes_per_second{${OF}, statistic="sum"})`, "read"),
        series(`sum(cloud_monitor_fleet_disk_written_bytes_per_second{${OF}, statistic="sum"})`, "written"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Collection duration",
      about: "Mean and maximum. A single slow instance shows only in the maximum.",
      unit: "s",
      min: 0,
      queries: statistics("collect_duration_seconds", MEAN_AND_MAX),
      width: 8,
    }),
  ],
};

/** The fleet by label, and all of it together. */
export const FLEET_GROUPS: readonly Section[] = [GROUPS, TOGETHER];
