import type { InstanceMetrics } from "@cloud-monitor/client";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { LIMITS } from "../http/limits.ts";
import { presentMetrics } from "./present-metrics.ts";
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
      if (row >= 0) return presentMetrics(fleet, instance, row);
      throw new CloudMonitorError("SAMPLE_NOT_YET", "The instance has no sample yet; its first attempt is under way.");
    },
  });
