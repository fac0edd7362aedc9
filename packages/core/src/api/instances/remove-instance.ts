import * as Type from "typebox";
import type { ApiContext } from "../http/context.ts";
import { knownInstance } from "./known-instance.ts";
import { route } from "../http/route.ts";
import { InstanceParamsSchema } from "../schemas/instance.ts";
import { problems } from "../schemas/problem.ts";

export const removeInstance = ({ discovery, fleet, inventory }: ApiContext) =>
  route({
    method: "DELETE",
    paths: ["/api/v1/instances/:id", "/instances/:id"],
    access: "token",
    operationId: "removeInstance",
    tag: "instances",
    summary: "Remove an instance",
    schema: {
      params: InstanceParamsSchema,
      response: {
        204: Type.Null({ description: "Its collector is stopped." }),
        ...problems(400, 401, 403, 404, 409, 503),
      },
    },
    handler: async ({ params }, reply) => {
      const known = knownInstance(fleet, params.id);
      discovery.refuseManaged([known]);
      await inventory.remove([known.id]);
      return reply.code(204).send(null);
    },
  });
