import { resolve } from "node:path";
import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** A path; relative ones are resolved against the working folder, the value is absolute. */
export const filePath: ValueType<string> = {
  wanted: "a path",
  parse: (text, { cwd }) => (text.trim() === "" || text.includes("\0") ? REFUSED : accepted(resolve(cwd, text))),
  format: (path) => path,
};
