import type { InstanceSeries } from "@cloud-monitor/client";
import * as Type from "typebox";
import { CONTENT_TYPES } from "../../exposition/encoding/text-format.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { Instance } from "../../model/instance.ts";
import type { SeriesSnapshot } from "../../model/series-snapshot.ts";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { route } from "../http/route.ts";
import { choice } from "../../model/schemas/choice.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";
import { InstanceSeriesSchema } from "../schemas/series.ts";

const Query = Type.Object({ format: Type.Optional(choice(["json", "prometheus"])) });

/** What a scraped or own host instance has beyond the core metrics. One whose series were evicted is collected now. */
export const getInstanceSeries = ({ exposition, fleet }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances/:id/series"],
    access: "token",
    operationId: "getInstanceSeries",
    tag: "samples",
    summary: "The latest series of an instance",
    schema: {
      params: InstanceParamsSchema,
      querystring: Query,
      response: { 200: InstanceSeriesSchema, ...problems(400, 401, 404, 503) },
    },
    handler: async ({ params, query }, reply) => {
      const { id } = knownInstance(fleet, params.id);
      const snapshot = await fleet.freshSnapshot(id, Number.POSITIVE_INFINITY);
      const instance = knownInstance(fleet, params.id);
      if (snapshot === null && instance.kind !== "simulated") {
        throw new CloudMonitorError("SAMPLE_NOT_YET", "The instance has no series yet, or does not respond.");
      }
      const families = snapshot === null ? [] : exposition.familiesOf(snapshot, instance.kind);
      if (query.format === "prometheus") {
        return reply.header("content-type", CONTENT_TYPES.text).send(exposition.textOf(families) as never);
      }
      return reply.send(present(fleet.publicId(id), { instance, snapshot, families }));
    },
  });

interface Found {
  readonly instance: Instance;
  readonly snapshot: SeriesSnapshot | null;
  readonly families: ReturnType<ApiContext["exposition"]["familiesOf"]>;
}

function present(instanceId: number, { instance, snapshot, families }: Found): InstanceSeries {
  return {
    instanceId,
    name: instance.name,
    timestamp: snapshot === null ? null : new Date(snapshot.readAtMs).toISOString(),
    families: families
      .filter(({ count }) => count > 0)
      .map((family) => ({
        name: family.head.name,
        type: family.head.type,
        help: family.head.help,
        series: Array.from({ length: family.count }, (_, index) => ({
          name: family.head.name + (family.suffix?.(index) ?? ""),
          labels: labelsOf(family.block(index)),
          value: jsonValue(family.value(index)),
        })),
      })),
  };
}

const LABEL = /(?:([A-Za-z_]\w*)|"((?:[^"\\]|\\.)*)")="((?:[^"\\]|\\.)*)"/g;

function labelsOf(block: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(block.matchAll(LABEL), ([, plain, quoted, value]) => [plain ?? unescape(quoted!), unescape(value!)]),
  );
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}

/** JSON has no infinity and no NaN: they are texts, as in the API of Prometheus. */
function jsonValue(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
