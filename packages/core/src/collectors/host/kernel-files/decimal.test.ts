import { expect, test } from "@jest/globals";
import { decimal } from "./decimal.ts";

test("reads plain digits with a point", () => {
  expect([decimal("0.21"), decimal("350735.47"), decimal("7")]).toEqual([0.21, 350_735.47, 7]);
});

test.each(["", ".", "1.", ".5", "-1", "0x10", "1e3", "Infinity", "NaN", "1,5", " 1", "9".repeat(400)])(
  "%p is none",
  (word) => {
    expect(decimal(word)).toBeNull();
  },
);
