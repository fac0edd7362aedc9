import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../model/errors.ts";
import { isHostAllowed } from "../../security/host-header.ts";
import { LIMITS } from "../limits.ts";

const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i;

/**
 * What Node's parser lets pass and we do not: several Host headers, a target in absolute form, too many headers,
 * a Host of another machine, bodies that are compressed or not plainly JSON (three holes of fastify hung on odd
 * spellings of Content-Type). Before authentication, because none of it depends on the caller.
 */
export function refuseOddRequests(boundHost: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const { rawHeaders, url = "" } = request.raw;
    if (rawHeaders.length / 2 > LIMITS.headersMax) {
      throw new CloudMonitorError("HEADERS_TOO_LARGE", `More than ${LIMITS.headersMax} headers.`);
    }
    if (!url.startsWith("/")) {
      throw new CloudMonitorError("REQUEST_MALFORMED", "The target must be a path that begins with a slash.");
    }
    if (countHeader(rawHeaders, "host") > 1) {
      throw new CloudMonitorError("REQUEST_MALFORMED", "More than one Host header.");
    }
    if (!isHostAllowed(request.headers.host, boundHost)) {
      throw new CloudMonitorError(
        "HOST_NOT_ALLOWED",
        "The Host header names another machine; use localhost, 127.0.0.1 or [::1], or set HTTP_HOST.",
      );
    }
    refuseOddBody(request);
  };
}

function refuseOddBody({ headers, raw }: FastifyRequest): void {
  const type = headers["content-type"];
  const encoding = headers["content-encoding"] ?? "identity";
  const odd = countHeader(raw.rawHeaders, "content-type") > 1 || (type !== undefined && !JSON_TYPE.test(type));
  if (!odd && encoding.toLowerCase() === "identity") return;
  throw new CloudMonitorError(
    "MEDIA_TYPE_UNSUPPORTED",
    "Send the body as Content-Type: application/json, uncompressed.",
  );
}

function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === name) count++;
  return count;
}
