import type { Instance } from "@cloud-monitor/client";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { checkInstance } from "./checked-instance.ts";
import { inNormalForm } from "../../fleet/normal-form.ts";
import { presentInstance } from "./present-instance.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema, InstancePatchSchema, InstanceSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";

export const changeInstance = (context: ApiContext) =>
  route({
    method: "PATCH",
    paths: ["/api/v1/instances/:id", "/instances/:id"],
    access: "token",
    operationId: "changeInstance",
    tag: "instances",
    summary: "Change an instance",
    schema: {
      params: InstanceParamsSchema,
      body: InstancePatchSchema,
      response: { 200: InstanceSchema, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    },
    handler: async ({ params, body }): Promise<Instance> => {
      const { discovery, fleet, inventory } = context;
      const known = knownInstance(fleet, params.id);
      discovery.refuseManaged([known]);
      const change = inNormalForm(body);
      checkInstance({ ...known, ...change }, context);
      return presentInstance(fleet, await inventory.change(known.id, change));
    },
  });
