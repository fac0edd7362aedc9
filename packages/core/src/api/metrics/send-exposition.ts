import type { FastifyReply } from "fastify";
import type { IncomingHttpHeaders } from "node:http";
import { CONTENT_TYPES } from "../../exposition/encoding/text-format.ts";
import type { TextFormat } from "../../exposition/encoding/text-format.ts";
import { wantedFormat, wantsGzip } from "../http/negotiate.ts";

const text = { type: "string" };

/** The response, for the OpenAPI document. */
export const EXPOSITION = {
  description: "The metrics in the format requested by Accept.",
  content: {
    "text/plain; version=0.0.4": { schema: text },
    "application/openmetrics-text; version=1.0.0": { schema: text },
  },
};

/** Sends a body in the format and the encoding that the request accepts. */
export async function sendExposition(
  reply: FastifyReply,
  headers: IncomingHttpHeaders,
  bodyOf: (format: TextFormat, compressed: boolean) => Promise<Buffer>,
): Promise<FastifyReply> {
  const format = wantedFormat(headers.accept);
  const compressed = wantsGzip(headers["accept-encoding"]);
  reply.header("vary", "Accept, Accept-Encoding");
  const body = await bodyOf(format, compressed);
  if (compressed) reply.header("content-encoding", "gzip");
  return reply.header("content-type", CONTENT_TYPES[format]).send(body);
}
