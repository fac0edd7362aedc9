import * as Type from "typebox";
import type { ApiContext } from "../http/context.ts";
import { MetricsResponseCache } from "./metrics-response-cache.ts";
import { EXPOSITION, sendExposition } from "./send-exposition.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";
import { repeatable, valuesOf } from "../schemas/repeatable.ts";

const CollectorNames = repeatable({
  pattern: "^[a-z][a-z0-9_]{0,63}$",
  description: "a collector's name; repeat the parameter for several",
});

/** Other parameters are ignored, as in Prometheus and node_exporter. */
const Query = Type.Object({
  "collect[]": Type.Optional(CollectorNames),
  "exclude[]": Type.Optional(CollectorNames),
});

export const getMetrics = ({ clock, config, exposition, yieldToLoop }: ApiContext, path = "/metrics") => {
  const bodies = new MetricsResponseCache({
    source: exposition,
    clock,
    yieldToLoop,
    cacheTtlMs: () => config().metrics.cacheTtlMs,
  });
  return route({
    method: "GET",
    paths: [path],
    access: "open",
    operationId: "getMetrics",
    tag: "metrics",
    summary: "This host, the fleet and the daemon, for Prometheus",
    schema: { querystring: Query, response: { 200: EXPOSITION, ...problems(400, 503) } },
    handler: async ({ headers, query }, reply) => {
      const collect = new Set(valuesOf(query["collect[]"]));
      const exclude = new Set(valuesOf(query["exclude[]"]));
      return sendExposition(reply, headers, (format, compressed) =>
        bodies.body({ format, collect, exclude }, compressed),
      );
    },
  });
};
