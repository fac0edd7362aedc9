import type { InstanceMetrics } from "@cloud-monitor/client";
import type { Fleet } from "../../fleet/fleet.ts";
import { COLUMN, CORE_METRIC_NAMES, presentable } from "../../model/core-metrics.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { Instance } from "../../model/instance.ts";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { LIMITS } from "../http/limits.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";
import { InstanceMetricsSchema } from "../schemas/samples.ts";

/** A request right after the POST waits briefly for the first sample instead of failing. */
export const getInstanceMetrics = ({ fleet }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances/:id/metrics", "/metrics/:id"],
    access: "token",
    operationId: "getInstanceMetrics",
    tag: "samples",
    summary: "The latest core metrics of an instance",
    schema: {
      params: InstanceParamsSchema,
      response: { 200: InstanceMetricsSchema, ...problems(400, 401, 404, 503) },
    },
    handler: async ({ params }): Promise<InstanceMetrics> => {
      const { id } = knownInstance(fleet, params.id);
      if (fleet.latest.row(id) < 0) await fleet.latest.firstSample(id, LIMITS.firstSampleWaitMs);
      const instance = knownInstance(fleet, params.id);
      const row = fleet.latest.row(id);
      if (row >= 0) return newest(fleet, instance, row);
      throw new CloudMonitorError("SAMPLE_NOT_YET", "The instance has no sample yet; its first attempt is under way.");
    },
  });

function newest(fleet: Fleet, instance: Instance, row: number): InstanceMetrics {
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
