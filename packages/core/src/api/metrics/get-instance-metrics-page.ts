import * as Type from "typebox";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";
import { MetricsResponseCache } from "./metrics-response-cache.ts";
import { EXPOSITION, sendExposition } from "./send-exposition.ts";

const Query = Type.Object({
  page: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,5}$", description: "the number of a page, from 1" })),
});

/** The series of the instances that are not on `/metrics`. */
export const getInstanceMetricsPage = ({ clock, config, exposition, yieldToLoop }: ApiContext) => {
  const cacheTtlMs = () => config().metrics.cacheTtlMs;
  const bodies = new MetricsResponseCache({ source: exposition, clock, yieldToLoop, cacheTtlMs });
  return route({
    method: "GET",
    paths: ["/metrics/instances"],
    access: "open",
    operationId: "getInstanceMetricsPage",
    tag: "metrics",
    summary: "The instances that are not on /metrics, 5,000 ids a page, for Prometheus",
    schema: { querystring: Query, response: { 200: EXPOSITION, ...problems(400, 503) } },
    handler: ({ headers, query }, reply) => {
      const page = Number(query.page ?? 1);
      return sendExposition(reply, headers, (format, compressed) => bodies.body({ format, page }, compressed));
    },
  });
};
