import type { History } from "@cloud-monitor/client";
import * as Type from "typebox";
import type { CoreMetric } from "../../model/core-metrics.ts";
import { COLUMN, CORE_METRIC_NAMES, presentable } from "../../model/core-metrics.ts";
import type { HistoryPoint } from "../../model/history-store.ts";
import type { ApiContext } from "../http/context.ts";
import { historyRange } from "./history-range.ts";
import { knownInstance } from "./known-instance.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { MomentSchema } from "../schemas/moment.ts";
import { problems } from "../schemas/problem.ts";
import { repeatable, valuesOf } from "../schemas/repeatable.ts";
import { HistorySchema } from "../schemas/samples.ts";

const ANY_METRIC = `(?:${CORE_METRIC_NAMES.join("|")})`;
const METRICS_DEFAULT: readonly CoreMetric[] = ["cpu_usage_percent", "memory_usage_percent"];

const Query = Type.Object(
  {
    from: Type.Optional(MomentSchema),
    to: Type.Optional(MomentSchema),
    step: Type.Optional(
      Type.String({ pattern: "^[1-9][0-9]{0,6}$", description: "a whole number of seconds, 1 to 9999999" }),
    ),
    metric: Type.Optional(
      repeatable({
        pattern: `^${ANY_METRIC}(?:,${ANY_METRIC}){0,16}$`,
        description: `names of core metrics, repeated or separated by commas: ${CORE_METRIC_NAMES.join(", ")}`,
      }),
    ),
  },
  { additionalProperties: false },
);

export const getInstanceHistory = ({ clock, fleet, storage }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances/:id/history", "/instances/:id/history"],
    access: "token",
    operationId: "getInstanceHistory",
    tag: "samples",
    summary: "Stored series of an instance, averaged over steps",
    schema: {
      params: InstanceParamsSchema,
      querystring: Query,
      response: { 200: HistorySchema, ...problems(400, 401, 404, 503) },
    },
    handler: async ({ params, query }): Promise<History> => {
      const instance = knownInstance(fleet, params.id);
      const range = historyRange(query, clock.wallMs(), instance.interval);
      const metrics = metricsOf(query.metric);
      const points = await storage.history({ instanceId: instance.id, ...range, metrics });
      return {
        instanceId: fleet.publicId(instance.id),
        name: instance.name,
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        step: range.stepMs / 1_000,
        resolution: "raw",
        metrics: [...metrics],
        points: points.map((point) => presentPoint(point, metrics)),
      };
    },
  });

function metricsOf(given: string | readonly string[] | undefined): readonly CoreMetric[] {
  const names = new Set(valuesOf(given).flatMap((text) => text.split(",")));
  return names.size === 0 ? METRICS_DEFAULT : CORE_METRIC_NAMES.filter((name) => names.has(name));
}

function presentPoint({ timestampMs, values }: HistoryPoint, metrics: readonly CoreMetric[]): (number | null)[] {
  return [timestampMs / 1_000, ...values.map((value, i) => presentable(COLUMN[metrics[i]!], value ?? Number.NaN))];
}
