import * as Type from "typebox";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";

/** Readiness. The reasons are in /health, because this path is open to everyone. */
export const getReady = ({ health }: ApiContext) =>
  route({
    method: "GET",
    paths: ["/-/ready"],
    access: "open",
    operationId: "getReady",
    tag: "daemon",
    summary: "Whether the daemon accepts every kind of request",
    schema: { response: { 200: Type.Object({ status: Type.Literal("ok") }), ...problems(503) } },
    handler: async () => {
      if (health().ready) return { status: "ok" as const };
      throw new CloudMonitorError(
        "NOT_READY",
        "The daemon is starting, stopping, or without its database; see /health.",
      );
    },
  });
