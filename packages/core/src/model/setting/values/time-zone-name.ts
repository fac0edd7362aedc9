import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** Any text: one that names no zone is UTC, as it is to every program that asks the C library. */
export const timeZoneName: ValueType<string> = {
  wanted: "a time zone",
  parse: (text) => (text.includes("\0") ? REFUSED : accepted(text)),
  format: (name) => name,
};
