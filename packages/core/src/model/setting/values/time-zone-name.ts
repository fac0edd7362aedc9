import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** Any text: an unknown zone is UTC, as for every program that uses the C library. */
export const timeZoneName: ValueType<string> = {
  wanted: "a time zone",
  parse: (text) => (text.includes("\0") ? REFUSED : accepted(text)),
  format: (name) => name,
};
