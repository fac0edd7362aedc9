import { accepted } from "../value-type.ts";
import type { Parsed, ValueType } from "../value-type.ts";

const LENGTH_MAX = 1024;

/** A JavaScript regular expression, used as given: not anchored, case-sensitive. An empty one matches nothing. */
export const pattern: ValueType<RegExp> = {
  wanted: `a regular expression of at most ${LENGTH_MAX} characters`,
  parse: parsePattern,
  format: (value) => (value.source === NOTHING ? "" : unescapeSlashes(value.source)),
};

/** A negative lookahead of the empty string: fails everywhere. */
const NOTHING = "(?!)";

function parsePattern(text: string): Parsed<RegExp> {
  if (text.length > LENGTH_MAX)
    return { ok: false, reason: `found ${text.length} characters, wanted ${pattern.wanted}` };
  try {
    return accepted(new RegExp(text === "" ? NOTHING : text));
  } catch {
    return { ok: false };
  }
}

/** `source` escapes slashes for a literal, which is not needed in a configuration. */
function unescapeSlashes(source: string): string {
  return source.replace(/\\([^])/g, (escape, character) => (character === "/" ? "/" : escape));
}
