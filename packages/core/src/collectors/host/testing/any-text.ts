import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import * as fc from "fast-check";
import { FIXTURES, damaged, valuesOrRefusal } from "./collect-once.ts";

/** The contract of a parser: numbers from the recorded text, and from any other text finite numbers or `COLLECT_FAILED`. */
export function expectFiniteNumbers<Value>(
  fixture: string,
  parse: (text: string) => Value,
  numbersOf: (value: Value) => Iterable<number>,
): void {
  expect([...numbersOf(parse(readFileSync(join(FIXTURES, fixture), "utf8")))]).not.toEqual([]);
  fc.assert(
    fc.property(damaged(fixture), (text) => {
      const value = valuesOrRefusal(() => parse(text));
      return value === null || [...numbersOf(value)].every((number) => Number.isFinite(number));
    }),
  );
}
