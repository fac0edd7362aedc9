import { describe, expect, test } from "@jest/globals";
import { formatDuration } from "./duration.ts";

describe("formatDuration", () => {
  test.each([
    [0.00085, "0.85 ms"],
    [0, "0 ms"],
    [42.9, "42s"],
    [300, "5m 0s"],
    [3_725, "1h 2m"],
    [86_400 * 400, "400d 0h"],
  ])("%d s reads %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
