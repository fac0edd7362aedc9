import type { ApiContext } from "../http/context.ts";
import { checkedInstance } from "./checked-instance.ts";
import { presentInstance } from "./present-instance.ts";
import { route } from "../http/route.ts";
import { InstanceSchema } from "../schemas/instance.ts";
import { NewInstanceSchema } from "../../model/schemas/new-instance.ts";
import { problems } from "../schemas/problem.ts";

export const createInstance = (context: ApiContext) =>
  route({
    method: "POST",
    paths: ["/api/v1/instances", "/instances"],
    access: "token",
    operationId: "createInstance",
    tag: "instances",
    summary: "Create an instance",
    schema: {
      body: NewInstanceSchema,
      response: { 201: InstanceSchema, ...problems(400, 401, 409, 413, 415, 503) },
    },
    handler: async ({ body }, reply) => {
      const { fleet, inventory } = context;
      const created = await inventory.create(checkedInstance(body, context));
      return reply
        .code(201)
        .header("location", `/api/v1/instances/${created.id}`)
        .send(presentInstance(fleet, created));
    },
  });
