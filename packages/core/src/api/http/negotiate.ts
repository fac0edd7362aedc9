import Negotiator from "negotiator";
import type { TextFormat } from "../../exposition/encoding/text-format.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Formats by media type. Text comes first: a wildcard does not request the richer one. */
const FORMATS: Readonly<Record<string, TextFormat>> = {
  "text/plain; version=0.0.4": "text",
  "application/openmetrics-text; version=1.0.0": "openmetrics",
};
/** Further parameters of a format in requests; they hold for all our responses. */
const MINOR_PARAMETERS = /;[ \t]*(?:charset|escaping)[ \t]*=[ \t]*(?:"[^"]*"|[^,;]*)/g;
/** The older name, still in use (RFC 9110, 8.4.1.3). */
const X_GZIP = /\bx-gzip\b/g;
const REMEMBERED_MAX = 64;

export const EVENT_STREAM = "text/event-stream";

/**
 * The format preferred by an Accept header (RFC 9110, 12.5.1); text if it accepts neither, because that is more useful to
 * a scraper than 406. A version that we do not write is ignored.
 */
export const wantedFormat = remembered((accept): TextFormat => {
  const headers: Headers = { accept: accept.replaceAll(MINOR_PARAMETERS, "") };
  const [type] = new Negotiator({ headers }).mediaTypes(Object.keys(FORMATS));
  return type === undefined ? "text" : FORMATS[type]!;
}, "*/*");

/** Whether an Accept-Encoding header prefers gzip to no coding (RFC 9110, 12.5.3). */
export const wantsGzip = remembered((acceptEncoding): boolean => {
  const headers: Headers = { "accept-encoding": acceptEncoding.replaceAll(X_GZIP, "gzip") };
  return new Negotiator({ headers }).encodings(["gzip", "identity"])[0] === "gzip";
}, "");

/** Whether an Accept header prefers a stream of server-sent events to JSON. */
export const wantsEventStream = remembered((accept): boolean => {
  const headers: Headers = { accept };
  return new Negotiator({ headers }).mediaTypes(["application/json", EVENT_STREAM])[0] === EVENT_STREAM;
}, "*/*");

/** Scrapers send the same header each time. Headers that differ only in case are equal. */
function remembered<T>(judge: (header: string) => T, without: string) {
  const known = new Map<string, T>();
  return (header: string | readonly string[] | undefined): T => {
    const text = String(header ?? without);
    let answer = known.get(text);
    if (answer === undefined) {
      answer = judge(text.toLowerCase());
      if (known.size >= REMEMBERED_MAX) known.clear();
      known.set(text, answer);
    }
    return answer;
  };
}
