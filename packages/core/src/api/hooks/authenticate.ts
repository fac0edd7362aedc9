import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../model/errors.ts";
import { isLoopback } from "../../security/loopback.ts";
import { hasToken } from "../../security/token.ts";
import type { Access } from "../route.ts";

/**
 * Runs before a body is read, on every spelling of every path, 404 included. The token is that of the configuration in
 * force, so a rotated one counts at once, on open connections too.
 */
export function authenticate(token: () => string | null) {
  return async (request: FastifyRequest): Promise<void> => {
    const access = accessOf(request);
    if (access === "open" || isAuthorized(request, access, token())) return;
    throw new CloudMonitorError("UNAUTHORIZED", sentence(token()));
  };
}

function accessOf(request: FastifyRequest): Access {
  return request.routeOptions.config.access ?? "token";
}

function isAuthorized(request: FastifyRequest, access: Access, token: string | null): boolean {
  if (token !== null) return hasToken(request.headers.authorization, token);
  return access !== "admin" || isLoopback(request.socket.remoteAddress ?? "");
}

function sentence(token: string | null): string {
  if (token === null) return "Without API_TOKEN this is open to callers on the same machine alone.";
  return "The bearer token is missing or wrong; send Authorization: Bearer <API_TOKEN>.";
}
