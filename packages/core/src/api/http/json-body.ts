import type { FastifyInstance } from "fastify";
import { CloudMonitorError, ERRORS } from "../../model/errors.ts";
import { LIMITS } from "./limits.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS = new Set([0x5b, 0x7b]);
const CLOSERS = new Set([0x5d, 0x7d]);

/**
 * Bodies are UTF-8 JSON without a byte order mark, at most 32 levels deep. If a key occurs twice, the last one counts, as
 * in JSON.parse, and `__proto__` is a normal key, which no schema allows: handlers see no unknown keys. An empty body is no
 * body, whatever its type; a route that needs one reports it.
 */
export function takeJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser("ignore", "ignore");
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    if (request.method === "DELETE") return done(malformed("DELETE takes no body: the URL alone says what goes."));
    const text = decodeUtf8(body as Buffer);
    if (text === null || text.startsWith("\uFEFF")) {
      return done(malformed("The body is not UTF-8 without a byte order mark."));
    }
    if (isDeeperThan(body as Buffer, LIMITS.bodyDepthMax)) {
      return done(malformed(`The body is nested deeper than ${LIMITS.bodyDepthMax} levels.`));
    }
    void parse(request, text, done);
  });
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    done(new CloudMonitorError("MEDIA_TYPE_UNSUPPORTED", ERRORS.MEDIA_TYPE_UNSUPPORTED.meaning));
  });
}

function malformed(sentence: string): CloudMonitorError {
  return new CloudMonitorError("REQUEST_MALFORMED", sentence);
}

function decodeUtf8(body: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

/** Counts brackets outside strings; the count may be wrong for a text that is not JSON, which fails in the parser. */
export function isDeeperThan(body: Uint8Array, levels: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!;
    if (byte === QUOTE) inString = !inString;
    else if (inString) i += byte === BACKSLASH ? 1 : 0;
    else if (OPENERS.has(byte)) depth++;
    else if (CLOSERS.has(byte)) depth--;
    if (depth > levels) return true;
  }
  return false;
}
