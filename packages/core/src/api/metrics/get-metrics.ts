import * as Type from "typebox";
import { CONTENT_TYPES } from "../../exposition/encoding/text-format.ts";
import type { ApiContext } from "../http/context.ts";
import { MetricsResponseCache } from "./metrics-response-cache.ts";
import { wantedFormat, wantsGzip } from "../http/negotiate.ts";
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

const text = { type: "string" };
const PAGE = {
  description: "The metrics in the format requested by Accept.",
  content: {
    "text/plain; version=0.0.4": { schema: text },
    "application/openmetrics-text; version=1.0.0": { schema: text },
  },
};

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
    schema: { querystring: Query, response: { 200: PAGE, ...problems(400, 503) } },
    handler: async ({ headers, query }, reply) => {
      const format = wantedFormat(headers.accept);
      const compressed = wantsGzip(headers["accept-encoding"]);
      reply.header("vary", "Accept, Accept-Encoding");
      const collect = new Set(valuesOf(query["collect[]"]));
      const exclude = new Set(valuesOf(query["exclude[]"]));
      const body = await bodies.body({ format, collect, exclude }, compressed);
      if (compressed) reply.header("content-encoding", "gzip");
      return reply.header("content-type", CONTENT_TYPES[format]).send(body);
    },
  });
};
