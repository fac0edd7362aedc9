import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";

/** They report the daemon's state, so they are served in every state. */
const PROBES = ["/-/healthy", "/-/ready", "/health", "/api/v1/health"];

/** The address is bound first, so requests may arrive before the fleet is loaded, and must not see a part of it. */
export function refuseBeforeReady(isOpen: () => boolean) {
  return async ({ routeOptions }: FastifyRequest): Promise<void> => {
    if (isOpen() || PROBES.includes(routeOptions.url ?? "")) return;
    throw new CloudMonitorError("NOT_READY", "The daemon is starting or stopping; try again after Retry-After.");
  };
}
