import { expect, test } from "@jest/globals";
import { testPattern } from "./test-pattern.ts";

test("a text matches or it does not", () => {
  expect(testPattern(/^a+$/, "aaa")).toBe(true);
  expect(testPattern(/^a+$/i, "AAb")).toBe(false);
});

test("a pattern that would take for ever on a text ends", () => {
  expect(testPattern(/^(a+)+$/, `${"a".repeat(60)}!`)).toBeNull();
});
