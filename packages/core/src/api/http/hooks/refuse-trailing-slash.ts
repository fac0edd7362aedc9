import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";

/** The router takes `/instances/` for an instance whose id is empty; one spelling a route is enough. */
export async function refuseTrailingSlash({ url }: FastifyRequest): Promise<void> {
  const path = url.split("?", 1)[0]!;
  if (path.length === 1 || !path.endsWith("/")) return;
  throw new CloudMonitorError("ROUTE_NOT_FOUND", "No route ends with a slash; /openapi.json lists them.");
}
