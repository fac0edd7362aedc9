import { expect, test } from "@jest/globals";
import { hangDeadlineMs } from "./hang-deadline.ts";

test("the hang deadline is 1.5 times the shortest interval, between 1.5 and 10 seconds", () => {
  expect(hangDeadlineMs([60, 4])).toBe(6_000);
  expect(hangDeadlineMs([1])).toBe(1_500);
  expect(hangDeadlineMs([3_600])).toBe(10_000);
  expect(hangDeadlineMs([])).toBe(10_000);
});
