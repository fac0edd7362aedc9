import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { numberText } from "./number-text.ts";

describe("numberText", () => {
  test.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-1.5, "-1.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [999_999, "999999"],
    [1_000_000, "1e+06"],
    [123_456_789, "1.23456789e+08"],
    [-8_046_152_191, "-8.046152191e+09"],
    [2 ** 53 + 2, "9.007199254740994e+15"],
    [1e-7, "1e-07"],
    [1e21, "1e+21"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
  ])("writes %p as %s", (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  test("loses no bit of any finite double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(numberText(value))).toBe(value + 0);
      }),
    );
  });
});
