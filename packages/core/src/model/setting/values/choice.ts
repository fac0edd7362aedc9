import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** One of a fixed set of words. */
export function choice<const W extends string>(words: readonly W[]): ValueType<W> {
  return {
    wanted: `one of ${words.join(", ")}`,
    parse: (text) => {
      const word = words.find((one) => one === text.trim());
      return word === undefined ? REFUSED : accepted(word);
    },
    format: (word) => word,
  };
}
