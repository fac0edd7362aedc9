import Negotiator from "negotiator";
import type { TextFormat } from "../../exposition/encoding/text-format.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Formats by the media type that asks for them. Text comes first: a wildcard is no wish for the richer one. */
const FORMATS: Readonly<Record<string, TextFormat>> = {
  "text/plain; version=0.0.4": "text",
  "application/openmetrics-text; version=1.0.0": "openmetrics",
};
/** What else scrapers say of a format; it holds for every page that we write. */
const MINOR_PARAMETERS = /;[ \t]*(?:charset|escaping)[ \t]*=[ \t]*(?:"[^"]*"|[^,;]*)/g;
/** The older name, still asked for (RFC 9110, 8.4.1.3). */
const X_GZIP = /\bx-gzip\b/g;
const REMEMBERED_MAX = 64;

/**
 * The format that an Accept header wants most (RFC 9110, 12.5.1); text when it wants neither, because a scraper can do
 * more with a page than with 406. A version that we do not write counts as not asked for.
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

/** Scrapers send the same header each time. What is equal but for case is one. */
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
