import { expect, test } from "@jest/globals";
import { lintRepository } from "./lint.ts";

test("the repository has no lint findings", () => {
  expect(lintRepository()).toEqual([]);
});
