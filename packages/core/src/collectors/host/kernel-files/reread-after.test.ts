import { expect, test } from "@jest/globals";
import { RereadAfter } from "./reread-after.ts";
import { tickAt } from "../testing/collect-once.ts";

test("reads again only when the period is over", () => {
  let looks = 0;
  const value = new RereadAfter(30_000, () => ++looks);

  expect([0, 5_000, 29_999, 30_000, 59_999].map((ms) => value.get(tickAt(ms)))).toEqual([1, 1, 1, 2, 2]);
});

test("an error is thrown each time and never hidden by an older value", () => {
  let working = true;
  const value = new RereadAfter(1000, () => {
    if (!working) throw new Error("gone");
    return "here";
  });
  value.get(tickAt(0));
  working = false;

  expect(() => value.get(tickAt(1000))).toThrow("gone");
  expect(() => value.get(tickAt(1100))).toThrow("gone");
  working = true;
  expect(value.get(tickAt(1200))).toBe("here");
});
