import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";
import { isHostAllowed } from "../../../security/host-header.ts";
import { LIMITS } from "../limits.ts";

/** Nothing need follow the semicolon (RFC 9110, 5.6.6). */
const JSON_TYPE = /^application\/json(?:; ?(?:charset="?utf-8"?)?)?$/i;

/**
 * Headers that we use and that may occur only once. Node keeps the first of some and joins others, and a proxy in front of
 * us may have checked the one that is dropped here.
 */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "content-type",
  "host",
  "origin",
  "sec-fetch-site",
]);

/**
 * Refuses what Node's parser accepts and we do not: contradictory headers, a target that is not a path, too many headers,
 * a Host of another machine, bodies that are compressed or not clearly JSON (three vulnerabilities of fastify involved
 * unusual forms of Content-Type). Before authentication, because it does not depend on the client.
 */
export function refuseOddRequests(boundHost: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const { rawHeaders, url = "" } = request.raw;
    if (rawHeaders.length / 2 > LIMITS.headersMax) {
      throw new CloudMonitorError("HEADERS_TOO_LARGE", `More than ${LIMITS.headersMax} headers.`);
    }
    if (!url.startsWith("/")) {
      throw malformed("The target must be a path that begins with a slash, or http:// with this daemon's name.");
    }
    const repeated = repeatedHeader(rawHeaders);
    if (repeated !== null) throw malformed(`More than one ${repeated} header; send one.`);
    refuseOddHost(request.raw, boundHost);
    refuseOddBody(request);
  };
}

function malformed(sentence: string): CloudMonitorError {
  return new CloudMonitorError("REQUEST_MALFORMED", sentence);
}

/** HTTP/1.0 probes need not send Host. A browser, whose page may use DNS rebinding, always sends one. */
function refuseOddHost({ headers, httpVersion }: IncomingMessage, boundHost: string): void {
  if ((headers.host ?? "") === "" && httpVersion === "1.0") return;
  if (headers.host === undefined) throw malformed("The Host header is missing.");
  if (isHostAllowed(headers.host, boundHost)) return;
  throw new CloudMonitorError(
    "HOST_NOT_ALLOWED",
    "This Host header is not allowed; use localhost, 127.0.0.1 or [::1], or set HTTP_HOST.",
  );
}

/**
 * Without a body, Content-Type is ignored. Whether a chunked body is empty is known only at its end, so its parser decides.
 * Bodies of GET and HEAD are ignored.
 */
function refuseOddBody({ headers, method }: FastifyRequest): void {
  if (method === "GET" || method === "HEAD") return;
  const isChunked = headers["transfer-encoding"] !== undefined;
  const isEmpty = !isChunked && Number(headers["content-length"] ?? 0) === 0;
  const type = headers["content-type"];
  const isJson = JSON_TYPE.test(type ?? "") && (headers["content-encoding"] ?? "identity").toLowerCase() === "identity";
  if (isJson && !isEmpty) {
    // Normalized for fastify, which does not accept a bare semicolon.
    headers["content-type"] = "application/json";
    return;
  }
  // A body without a type goes to the parser for everything that is not JSON.
  delete headers["content-type"];
  if (isEmpty || isChunked) return;
  throw new CloudMonitorError(
    "MEDIA_TYPE_UNSUPPORTED",
    "Send the body as Content-Type: application/json, uncompressed.",
  );
}

function repeatedHeader(rawHeaders: readonly string[]): string | null {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}
