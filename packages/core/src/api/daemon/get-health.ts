import type { Health } from "@cloud-monitor/client";
import * as Type from "typebox";
import { hasToken } from "../../security/token.ts";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { HealthSchema, ShortHealthSchema } from "../schemas/health.ts";
import { problems } from "../schemas/problem.ts";

/** 200 while alive. If a token is set, `/health` without it returns only the status. */
export const getHealth = (context: ApiContext) =>
  route({
    method: "GET",
    paths: ["/api/v1/health", "/health"],
    access: "token",
    openPaths: ["/health"],
    operationId: "getHealth",
    tag: "daemon",
    summary: "Health of the daemon",
    schema: { response: { 200: Type.Union([HealthSchema, ShortHealthSchema]), ...problems(401) } },
    handler: async ({ headers }): Promise<Health | Pick<Health, "status">> => {
      const health = healthOf(context);
      const token = context.config().http.apiToken;
      const mayKnowAll = token === null || hasToken(headers.authorization, token);
      return mayKnowAll ? health : { status: health.status };
    },
  });

function healthOf({ version, exposition, fleet, health }: ApiContext): Health {
  const { problems: found, uptimeSeconds, storage, spool, threads } = health();
  return {
    status: found.length === 0 ? "ok" : "degraded",
    problems: found,
    version,
    uptime: wholeMilliseconds(uptimeSeconds),
    instances: {
      total: fleet.size,
      ...fleet.counts(),
      exposed: exposition.places().exposed,
    },
    storage,
    spool,
    threads,
  };
}

/** Seconds, rounded to hide floating-point noise. */
function wholeMilliseconds(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
