import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { SequentialLookup } from "./sequential-lookup.ts";

test("finds what a map finds, in whatever order keys come", () => {
  const keys = fc.uniqueArray(fc.nat(30));
  fc.assert(
    fc.property(keys, fc.array(fc.nat(30)), (known, asked) => {
      const values = known.map((key) => `value ${key}`);
      const map = new Map(known.map((key, index) => [key, values[index]]));
      const lookup = new SequentialLookup(known, values);

      expect(asked.map((key) => lookup.get(key))).toEqual(asked.map((key) => map.get(key)));
    }),
  );
});

test("takes as many in a row for unknown as it may, and finds the others where they are expected", () => {
  const known = Array.from({ length: 20 }, (_, i) => i);
  const found = (asked: readonly number[]) => {
    const lookup = new SequentialLookup(known, known, 3);
    return asked.map((key) => lookup.get(key));
  };

  expect(found([0, 1, -1, -1, 4])).toEqual([0, 1, undefined, undefined, 4]);
  expect(found([0, 10, 11, 12, 13, 14])).toEqual([0, undefined, undefined, undefined, 13, 14]);
});
