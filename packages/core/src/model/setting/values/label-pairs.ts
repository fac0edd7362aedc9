import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

const PAIR = /^([A-Za-z_][A-Za-z0-9_]{0,63})=([^\0-\x1f\x7f]{1,256})$/;

/** `name=value`, separated by commas, each name once; see `labelsOf`. Names that begin with two underscores are reserved by Prometheus. */
export const labelPairs: ValueType<readonly string[]> = {
  wanted: "name=value, with commas between several, each name once",
  isList: true,
  parse: (text) => {
    const pairs = text.split(",").map((pair) => pair.trim());
    const given = pairs.filter((pair) => pair !== "");
    const names = given.map((pair) => PAIR.exec(pair)?.[1]);
    const isValid = names.every((name) => name !== undefined && !name.startsWith("__"));
    return isValid && new Set(names).size === names.length ? accepted(given) : REFUSED;
  },
  format: (pairs) => pairs.join(","),
};

/** Of the texts that `labelPairs` accepted. */
export function labelsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = PAIR.exec(pair)!;
      return [name!, value!];
    }),
  );
}
