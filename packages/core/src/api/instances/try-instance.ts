import type { DryRun } from "@cloud-monitor/client";
import { nameTaken } from "../../model/name-taken.ts";
import { NewInstanceSchema } from "../../model/schemas/new-instance.ts";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { DryRunSchema } from "../schemas/dry-run.ts";
import { problems } from "../schemas/problem.ts";
import { checkedInstance } from "./checked-instance.ts";

/** Checks what createInstance would check, and collects the instance once; nothing is stored. */
export const tryInstance = (context: ApiContext) =>
  route({
    method: "POST",
    paths: ["/api/v1/instances/dry-run"],
    access: "token",
    operationId: "tryInstance",
    tag: "instances",
    summary: "Collect an instance once, without creating it",
    schema: {
      body: NewInstanceSchema,
      response: { 200: DryRunSchema, ...problems(400, 401, 409, 413, 415, 503) },
    },
    handler: async ({ body }): Promise<DryRun> => {
      const instance = checkedInstance(body, context);
      if (context.inventory.hasName(instance.name)) throw nameTaken(["/name"]);
      const { reason, message, durationSeconds, series } = await context.dryRun(instance);
      const isUp = reason === "none";
      return {
        status: isUp ? "up" : "down",
        reason: isUp ? null : reason,
        message,
        duration: durationSeconds,
        series,
      };
    },
  });
