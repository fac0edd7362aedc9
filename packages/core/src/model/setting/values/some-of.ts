import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** Some of the given names, separated by commas; may be empty. */
export function someOf(names: readonly string[]): ValueType<readonly string[]> {
  return {
    wanted: `some of ${names.join(", ")}, with commas between them`,
    isList: true,
    parse: (text) => {
      const words = text.trim() === "" ? [] : text.split(",").map((word) => word.trim());
      return words.every((word) => names.includes(word)) ? accepted([...new Set(words)]) : REFUSED;
    },
    format: (words) => words.join(","),
  };
}
