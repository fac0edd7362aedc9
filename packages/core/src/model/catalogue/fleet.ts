import type { CoreMetric } from "../core-metrics.ts";
import { CORE_METRICS } from "../core-metrics.ts";
import type { MetricDefinition } from "./definition.ts";

export const STATISTICS = ["avg", "max", "sum"] as const;
export type Statistic = (typeof STATISTICS)[number];

/**
 * Core metrics that are also served for the fleet as a whole. A mean never stands without its maximum: a fleet at 20 % on
 * average may have one machine at 100 %.
 */
export const FLEET_AGGREGATES = [
  { metric: "cpu_usage_percent", statistics: ["avg", "max"] },
  { metric: "memory_usage_percent", statistics: ["avg", "max"] },
  { metric: "filesystem_usage_percent", statistics: ["avg", "max"] },
  { metric: "collect_duration_seconds", statistics: ["avg", "max"] },
  { metric: "memory_total_bytes", statistics: ["sum"] },
  { metric: "memory_available_bytes", statistics: ["sum"] },
  { metric: "disk_read_bytes_per_second", statistics: ["max", "sum"] },
  { metric: "disk_written_bytes_per_second", statistics: ["max", "sum"] },
  { metric: "network_receive_bytes_per_second", statistics: ["max", "sum"] },
  { metric: "network_transmit_bytes_per_second", statistics: ["max", "sum"] },
] as const satisfies readonly { metric: CoreMetric; statistics: readonly Statistic[] }[];

const COUNTS: readonly MetricDefinition[] = [
  gauge("cloud_monitor_instances", "Instances by status, this host included.", ["status"]),
  gauge(
    "cloud_monitor_instances_exposed",
    "1 if the response has the series of every instance, 0 if some are on pages.",
  ),
  gauge("cloud_monitor_fleet_instances", "Instances that are up and thus included in the fleet aggregates.", ["kind"]),
  gauge("cloud_monitor_instance_info", "Always 1; its labels are for joins.", ["id", "ip", "kind", "name", "source"]),
];

/** Aggregates over the fleet and the series of each instance. */
export const FLEET_METRICS: readonly MetricDefinition[] = [
  ...COUNTS,
  ...FLEET_AGGREGATES.map(({ metric, statistics }) => {
    const core = CORE_METRICS.find(({ name }) => name === metric)!;
    const help = `${statistics.join(" and ")} over the instances that are up: ${core.help}`;
    return { ...gauge(fleetMetricName(metric), help, ["kind", "statistic"]), unit: core.unit };
  }),
  ...CORE_METRICS.map((core) => ({
    ...gauge(instanceMetricName(core.name), core.help, ["id", "name"]),
    unit: core.unit,
  })),
];

export function fleetMetricName(metric: CoreMetric): string {
  return `cloud_monitor_fleet_${metric}`;
}

export function instanceMetricName(metric: CoreMetric): string {
  return `cloud_monitor_instance_${metric}`;
}

function gauge(name: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { name, type: "gauge", unit: "", help, labels, origin: "fleet" };
}
