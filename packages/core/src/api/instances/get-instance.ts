import type { Instance } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { presentInstance } from "./present-instance.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema, InstanceSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";

export const getInstance = ({ fleet }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/instances/:id", "/instances/:id"],
    access: "token",
    operationId: "getInstance",
    tag: "instances",
    summary: "One instance",
    schema: { params: InstanceParamsSchema, response: { 200: InstanceSchema, ...problems(400, 401, 404) } },
    handler: async ({ params }): Promise<Instance> => presentInstance(fleet, knownInstance(fleet, params.id)),
  });
