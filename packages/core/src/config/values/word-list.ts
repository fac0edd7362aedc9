import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

const WORDS_MAX = 100;

/** Names in lower case with commas between them; may be empty. */
export const wordList: ValueType<readonly string[]> = {
  wanted: `names in lower case with commas between them, at most ${WORDS_MAX}`,
  isList: true,
  parse: (text) => {
    const words = text.trim() === "" ? [] : text.split(",").map((word) => word.trim());
    const valid = words.length <= WORDS_MAX && words.every((word) => /^[a-z][a-z0-9_]*$/.test(word));
    return valid ? accepted([...new Set(words)]) : REFUSED;
  },
  format: (words) => words.join(","),
};
