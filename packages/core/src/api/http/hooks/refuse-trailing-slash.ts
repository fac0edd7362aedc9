import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";

/** The router matches `/instances/` as an instance with an empty id; one path per route is enough. */
export async function refuseTrailingSlash({ url }: FastifyRequest): Promise<void> {
  const path = url.split("?", 1)[0]!;
  if (path.length === 1 || !path.endsWith("/")) return;
  throw new CloudMonitorError("ROUTE_NOT_FOUND", "No route ends with a slash; /openapi.json lists them.");
}
