import type { FastifyRequest } from "fastify";
import { CloudMonitorError } from "../../../model/errors.ts";
import { isForeignOrigin } from "../../../security/foreign-origin.ts";

/** RFC 9110, 9.2.1: these change nothing, and a page of another origin cannot read their responses. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/**
 * A page of another origin can make a browser send a request without a body, or with a form, without asking. Also with a
 * token: defence in depth, and one rule for both cases.
 */
export async function refuseForeignOrigins({ method, headers }: FastifyRequest): Promise<void> {
  if (SAFE_METHODS.has(method)) return;
  const { origin, host } = headers;
  if (!isForeignOrigin({ origin, host, fetchSite: headers["sec-fetch-site"] })) return;
  throw new CloudMonitorError(
    "ORIGIN_NOT_ALLOWED",
    "A web page of another origin cannot change anything here; a reverse proxy must forward the Host header unchanged.",
  );
}
