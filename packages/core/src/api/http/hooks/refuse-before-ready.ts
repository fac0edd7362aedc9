import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";

/** They tell how the daemon is, so they are answered in every state of it. */
const PROBES = ["/-/healthy", "/-/ready", "/health", "/api/v1/health"];

/** The address is taken first, so requests may come while the storage is being opened: half a fleet is no answer. */
export function refuseBeforeReady(isOpen: () => boolean) {
  return async ({ routeOptions }: FastifyRequest): Promise<void> => {
    if (isOpen() || PROBES.includes(routeOptions.url ?? "")) return;
    throw new CloudMonitorError("NOT_READY", "The daemon is starting or stopping; try again after Retry-After.");
  };
}
