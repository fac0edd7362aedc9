import { resolve } from "node:path";
import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** Paths, in whose parts `*` and `?` stand for any characters; relative ones are resolved against the working folder. */
export const pathPatterns: ValueType<readonly string[]> = {
  wanted: "paths with commas between them",
  isList: true,
  parse: (text, { cwd }) => {
    if (text.includes("\0")) return REFUSED;
    const paths = text.split(",").map((path) => path.trim());
    return accepted(paths.filter((path) => path !== "").map((path) => resolve(cwd, path)));
  },
  format: (paths) => paths.join(","),
};
