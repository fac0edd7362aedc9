import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { CollectorListSchema } from "../schemas/collector.ts";
import { problems } from "../schemas/problem.ts";
import { presentCollectors } from "./present-collectors.ts";

export const listCollectors = ({ collectors }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/collectors"],
    access: "token",
    operationId: "listCollectors",
    tag: "daemon",
    summary: "The collectors of this host",
    schema: { response: { 200: CollectorListSchema, ...problems(401, 503) } },
    handler: async () => presentCollectors(collectors),
  });
