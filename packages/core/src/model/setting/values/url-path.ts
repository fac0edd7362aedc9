import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** An absolute path of a URL that needs no escapes. */
export const urlPath: ValueType<string> = {
  wanted: "a path such as /metrics, of letters, digits and . _ ~ -, without a slash at its end",
  parse: (text) => (/^(?:\/[A-Za-z0-9._~-]+){1,16}$/.test(text) && text.length <= 128 ? accepted(text) : REFUSED),
  format: (path) => path,
};
