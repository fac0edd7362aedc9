import type { InstanceList } from "@cloud-monitor/client";
import * as Type from "typebox";
import { queryInstances } from "../../fleet/instance-query.ts";
import type { ListCursor } from "../../fleet/list-cursor.ts";
import { decodeCursor, encodeCursor } from "../../fleet/list-cursor.ts";
import type { SortKey } from "../../fleet/sort-orders.ts";
import { SORT_KEYS } from "../../fleet/sort-orders.ts";
import type { ApiContext } from "../http/context.ts";
import { invalidFields } from "../http/invalid-fields.ts";
import { LabelFilterSchema, labelFilters } from "./label-filter.ts";
import { LIMITS } from "../http/limits.ts";
import { presentInstance } from "./present-instance.ts";
import { route } from "../http/route.ts";
import { choice } from "../../model/schemas/choice.ts";
import { InstanceListSchema, KindSchema, StatusSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";

const Query = Type.Object(
  {
    status: Type.Optional(StatusSchema),
    kind: Type.Optional(KindSchema),
    label: Type.Optional(LabelFilterSchema),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: "a part of a name or ip, 1 to 128 characters" }),
    ),
    sort: Type.Optional(choice(SORT_KEYS)),
    limit: Type.Optional(
      Type.String({ pattern: "^(?:[1-9][0-9]{0,2}|1000)$", description: `a whole number, 1 to ${LIMITS.listMax}` }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 1_024, description: "the nextCursor of the previous page" })),
  },
  { additionalProperties: false },
);

export const listInstances = ({ fleet }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances", "/instances"],
    access: "token",
    operationId: "listInstances",
    tag: "instances",
    summary: "A page of the instances",
    schema: { querystring: Query, response: { 200: InstanceListSchema, ...problems(400, 401) } },
    handler: async ({ query }): Promise<InstanceList> => {
      const sort = query.sort ?? "id";
      const page = queryInstances(fleet, {
        ...query,
        text: query.q?.normalize(),
        labels: labelFilters(query.label),
        sort,
        limit: query.limit === undefined ? LIMITS.listDefault : Number(query.limit),
        after: cursorFor(query.cursor, sort),
      });
      return {
        items: page.items.map((instance) => presentInstance(fleet, instance)),
        nextCursor: page.next === null ? null : encodeCursor(page.next),
      };
    },
  });

function cursorFor(text: string | undefined, sort: SortKey): ListCursor | null {
  if (text === undefined) return null;
  const cursor = decodeCursor(text);
  if (cursor !== null && cursor.sort === sort) return cursor;
  const message = "must be the nextCursor of the previous page, with the same sort";
  throw invalidFields([{ where: "/query/cursor", message }]);
}
