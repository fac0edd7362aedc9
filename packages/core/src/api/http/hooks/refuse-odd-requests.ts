import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";
import { isHostAllowed } from "../../../security/host-header.ts";
import { LIMITS } from "../limits.ts";

/** The semicolon may have nothing behind it (RFC 9110, 5.6.6). */
const JSON_TYPE = /^application\/json(?:; ?(?:charset="?utf-8"?)?)?$/i;

/**
 * Headers that mean something to us and must come once. Node keeps the first of some, joins others, and a proxy before us
 * may have judged the one that is dropped here.
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
 * What Node's parser lets pass and we do not: headers that contradict each other, a target that is no path, too many
 * headers, a Host of another machine, bodies that are compressed or not plainly JSON (three holes of fastify hung on odd
 * spellings of Content-Type). Before authentication, because none of it depends on the caller.
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

/** Probes that speak HTTP/1.0 need send no Host. A browser, whose page may be on a rebound name, always sends one. */
function refuseOddHost({ headers, httpVersion }: IncomingMessage, boundHost: string): void {
  if ((headers.host ?? "") === "" && httpVersion === "1.0") return;
  if (headers.host === undefined) throw malformed("The Host header is missing.");
  if (isHostAllowed(headers.host, boundHost)) return;
  throw new CloudMonitorError(
    "HOST_NOT_ALLOWED",
    "The Host header names another machine; use localhost, 127.0.0.1 or [::1], or set HTTP_HOST.",
  );
}

/**
 * Without a body the type of one means nothing. That a chunked body is empty shows only at its end: such a one is judged
 * by its parser. Bodies of GET and HEAD are not looked at.
 */
function refuseOddBody({ headers, method }: FastifyRequest): void {
  if (method === "GET" || method === "HEAD") return;
  const isChunked = headers["transfer-encoding"] !== undefined;
  const isEmpty = !isChunked && Number(headers["content-length"] ?? 0) === 0;
  const type = headers["content-type"];
  const isJson = JSON_TYPE.test(type ?? "") && (headers["content-encoding"] ?? "identity").toLowerCase() === "identity";
  if (isJson && !isEmpty) {
    // One spelling for fastify, which does not take the bare semicolon.
    headers["content-type"] = "application/json";
    return;
  }
  // What has no type is given to the parser of everything that is no JSON.
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
