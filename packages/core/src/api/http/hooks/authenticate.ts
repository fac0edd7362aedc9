import type { FastifyReply, FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";
import { clientAddress } from "../../../security/client-address.ts";
import type { FailedAttempts } from "../../../security/failed-attempts.ts";
import { RETRY_AFTER_ATTEMPTS_SECONDS } from "../../../security/failed-attempts.ts";
import { isLoopback } from "../../../platform/loopback.ts";
import { hasToken } from "../../../security/token.ts";
import type { Access } from "../route.ts";

/**
 * Runs before a body is read, for every path, including 404. The token is that of the current configuration, so a rotated
 * one takes effect at once, on open connections, too. Failures are limited per client; the right token is always accepted.
 */
export function authenticate(token: () => string | null, attempts: FailedAttempts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const access = accessOf(request);
    if (access === "open" || isAuthorized(request, access, token())) return;
    if (attempts.note(clientAddress(request.socket.remoteAddress))) {
      throw new CloudMonitorError("UNAUTHORIZED", sentence(token()));
    }
    reply.header("retry-after", RETRY_AFTER_ATTEMPTS_SECONDS);
    throw new CloudMonitorError(
      "TOO_MANY_ATTEMPTS",
      "Too many requests from this address came without the right token; correct it, then try again after Retry-After.",
    );
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
