import { describe, expect, test } from "@jest/globals";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  test.each([
    ["lst", "list"],
    ["remvoe", "remove"],
    ["zz", undefined],
    ["x", undefined],
  ])("%s means %s", (typed, meant) => {
    expect(nearest(typed, ["list", "add", "remove"])).toBe(meant);
  });
});
