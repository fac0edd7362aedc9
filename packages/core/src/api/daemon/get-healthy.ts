import * as Type from "typebox";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";

/** Liveness: any response means alive. */
export const getHealthy = (_context: ApiContext) =>
  route({
    method: "GET",
    paths: ["/-/healthy"],
    access: "open",
    operationId: "getHealthy",
    tag: "daemon",
    summary: "Whether the daemon is alive",
    schema: { response: { 200: Type.Object({ status: Type.Literal("ok") }) } },
    handler: async () => ({ status: "ok" as const }),
  });
