import type { InstanceMetrics } from "@cloud-monitor/client";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ApiContext } from "../http/context.ts";
import { LIMITS } from "../http/limits.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";
import { InstanceMetricsSchema } from "../schemas/samples.ts";
import { CollectRate } from "./collect-rate.ts";
import { knownInstance } from "./known-instance.ts";
import { presentMetrics } from "./present-metrics.ts";

/** Collects an instance out of turn and returns its new sample, which is stored like any other. */
export const collectInstance = ({ clock, collect, fleet }: ApiContext) => {
  const rate = new CollectRate(clock);
  return route({
    method: "POST",
    paths: ["/api/v1/instances/:id/collect"],
    access: "token",
    operationId: "collectInstance",
    tag: "samples",
    summary: "Collect an instance now",
    schema: {
      params: InstanceParamsSchema,
      response: { 200: InstanceMetricsSchema, ...problems(400, 401, 403, 404, 429, 503) },
    },
    handler: async ({ params }): Promise<InstanceMetrics> => {
      const { id } = knownInstance(fleet, params.id);
      if (id < 0 && id !== fleet.hostId) {
        throw new CloudMonitorError(
          "INSTANCE_PROTECTED",
          "The host of another daemon is collected by that daemon only.",
        );
      }
      rate.take(id);
      const before = fleet.latest.row(id) < 0 ? null : fleet.latest.timestampMs(fleet.latest.row(id));
      const next = fleet.latest.nextSample(id, LIMITS.collectWaitMs);
      collect(id);
      await next;
      const instance = knownInstance(fleet, params.id);
      const row = fleet.latest.row(id);
      if (row >= 0 && fleet.latest.timestampMs(row) !== before) return presentMetrics(fleet, instance, row);
      throw new CloudMonitorError("SAMPLE_LATE", "The collection did not end in time; its sample may still come.");
    },
  });
};
