import type { InstanceMetrics } from "@cloud-monitor/client";
import type { Fleet } from "../../fleet/fleet.ts";
import { COLUMN, CORE_METRIC_NAMES, presentable } from "../../model/core-metrics.ts";
import type { Instance } from "../../model/instance.ts";

/** The newest core metrics of an instance, whose latest values are in this row. */
export function presentMetrics(fleet: Fleet, instance: Instance, row: number): InstanceMetrics {
  const value = (column: number) => presentable(column, fleet.latest.columns[column]![row]!);
  return {
    instanceId: fleet.publicId(instance.id),
    name: instance.name,
    status: fleet.statusOf(instance),
    reason: fleet.reasonOf(instance),
    timestamp: new Date(fleet.latest.timestampMs(row)).toISOString(),
    cpuUsage: value(COLUMN.cpu_usage_percent),
    memoryUsage: value(COLUMN.memory_usage_percent),
    uptime: value(COLUMN.uptime_seconds),
    metrics: Object.fromEntries(CORE_METRIC_NAMES.map((name, column) => [name, value(column)])),
  };
}
