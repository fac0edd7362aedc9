import { describe, expect, test } from "@jest/globals";
import { parseSeconds } from "./duration.ts";

describe("durations", () => {
  test.each([
    ["90", 90],
    ["15m", 900],
    ["1h", 3_600],
    ["7d", 604_800],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });

  test.each(["", "h", "-1h", "1.5h", "1h30m", "1y"])("%j is refused", (text) => {
    expect(() => parseSeconds(text)).toThrow(/is not a duration/);
  });
});
