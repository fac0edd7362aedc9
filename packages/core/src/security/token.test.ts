import { expect, test } from "@jest/globals";
import { hasToken } from "./token.ts";

test.each([
  ["the token as a bearer", "Bearer s3cret", true],
  ["the scheme in any case", "bearer s3cret", true],
  ["another token of the same length", "Bearer s3creT", false],
  ["a beginning of the token", "Bearer s3cre", false],
  ["a longer token", "Bearer s3crets", false],
  ["no header", undefined, false],
  ["no scheme", "s3cret", false],
  ["another scheme", "Basic s3cret", false],
  ["an empty bearer", "Bearer ", false],
  ["two tokens", "Bearer s3cret s3cret", false],
])("%s: %s", (_words, authorization, expected) => {
  expect(hasToken(authorization, "s3cret")).toBe(expected);
});
