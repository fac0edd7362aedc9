import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { CollectorChangesSchema, CollectorListSchema } from "../schemas/collector.ts";
import { problems } from "../schemas/problem.ts";
import { presentCollectors } from "./present-collectors.ts";

export const changeCollectors = ({ collectors }: ApiContext) =>
  route({
    method: "PUT",
    paths: ["/api/v1/collectors"],
    access: "token",
    operationId: "changeCollectors",
    tag: "daemon",
    summary: "Switch collectors of this host on or off, also over a restart",
    schema: {
      body: CollectorChangesSchema,
      response: { 200: CollectorListSchema, ...problems(400, 401, 403, 409, 500, 503) },
    },
    handler: async ({ body }) => {
      await collectors.switches.change(body.collectors);
      return presentCollectors(collectors);
    },
  });
