import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sparkline } from "./sparkline.ts";

describe("sparkline", () => {
  test("ranges from the lowest to the highest level", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  });

  test("shows a missing value as a gap", () => {
    expect(sparkline([1, null, 2])).toBe("▁ █");
  });

  test("draws equal values as a line in the middle", () => {
    expect(sparkline([5, 5, 5])).toBe("▄▄▄");
  });

  test("is one character a value, for any numbers", () => {
    const values = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })));

    fc.assert(
      fc.property(values, (given) => expect(sparkline(given)).toMatch(new RegExp(`^[▁-█ ]{${given.length}}$`))),
    );
  });
});
