import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/manual-clock.ts";
import { Suspects } from "./suspects.ts";

describe("Suspects", () => {
  test("leaves an accused instance alone for a while, then gives it another chance", () => {
    const clock = new ManualClock();
    const suspects = new Suspects(clock, () => 1);

    suspects.accuse(7, "hung");
    clock.advance(29_999);
    const during = suspects.excuse(7);
    clock.advance(1);

    expect(during).toBe("hung");
    expect(suspects.excuse(7)).toBeNull();
    expect(suspects.excuse(8)).toBeNull();
  });

  test("leaves it alone twice as long each time, ten minutes at most", () => {
    const clock = new ManualClock();
    const suspects = new Suspects(clock, () => 1);

    const spans = Array.from({ length: 7 }, () => {
      suspects.accuse(7, "crashed");
      let seconds = 0;
      for (; suspects.excuse(7) !== null; seconds++) clock.advance(1_000);
      return seconds;
    });

    expect(spans).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  test("forgets one that answered", () => {
    const suspects = new Suspects(new ManualClock(), () => 1);
    suspects.accuse(7, "hung");

    suspects.acquit(7);

    expect(suspects.excuse(7)).toBeNull();
    expect(suspects.size).toBe(0);
  });
});
