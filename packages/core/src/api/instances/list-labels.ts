import type { LabelList, LabelValue } from "@cloud-monitor/client";
import * as Type from "typebox";
import type { InstanceStatus } from "../../model/instance.ts";
import { INSTANCE_LIMITS } from "../../model/instance.ts";
import type { ApiContext } from "../http/context.ts";
import { LIMITS } from "../http/limits.ts";
import { route } from "../http/route.ts";
import { LabelListSchema } from "../schemas/label.ts";
import { problems } from "../schemas/problem.ts";

const Query = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: INSTANCE_LIMITS.labelNameLengthMax,
        description: "the name of a label; only this one is listed",
      }),
    ),
  },
  { additionalProperties: false },
);

type Counts = Record<InstanceStatus, number>;

/** Instances per turn of the event loop. */
const SLICE = 5_000;

export const listLabels = ({ fleet, yieldToLoop }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/labels"],
    access: "token",
    operationId: "listLabels",
    tag: "instances",
    summary: "The labels of the instances, with their values and how many instances of each status have them",
    schema: { querystring: Query, response: { 200: LabelListSchema, ...problems(400, 401) } },
    handler: async ({ query }): Promise<LabelList> => {
      const labels = new Map<string, Map<string, Counts>>();
      let seen = 0;
      for (const instance of Array.from(fleet.instances())) {
        if (++seen % SLICE === 0) await yieldToLoop();
        const status = fleet.statusOf(instance);
        for (const [name, value] of Object.entries(instance.labels)) {
          if (query.name === undefined || query.name === name) countsOf(labels, name, value)[status]++;
        }
      }
      const byName = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
      return { items: byName.map(([name, values]) => ({ name, ...presentValues(values) })) };
    },
  });

function countsOf(labels: Map<string, Map<string, Counts>>, name: string, value: string): Counts {
  const values = labels.get(name) ?? new Map<string, Counts>();
  labels.set(name, values);
  const counts = values.get(value) ?? { up: 0, down: 0, stale: 0, pending: 0 };
  values.set(value, counts);
  return counts;
}

/** The most frequent first, then by name. */
function presentValues(values: ReadonlyMap<string, Counts>): { valuesTotal: number; values: LabelValue[] } {
  const all = [...values].map(([value, counts]) => ({ value, total: sumOf(counts), ...counts }));
  all.sort((a, b) => b.total - a.total || (a.value < b.value ? -1 : 1));
  return { valuesTotal: all.length, values: all.slice(0, LIMITS.labelValuesMax) };
}

function sumOf({ down, pending, stale, up }: Counts): number {
  return up + down + stale + pending;
}
