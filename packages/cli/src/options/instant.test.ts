import { describe, expect, test } from "@jest/globals";
import { parseInstant } from "./instant.ts";

describe("instants", () => {
  const nowMs = Date.parse("2026-11-21T10:00:00Z");

  test.each([
    ["now", "2026-11-21T10:00:00.000Z"],
    ["1h", "2026-11-21T09:00:00.000Z"],
    ["-1h", "2026-11-21T09:00:00.000Z"],
    ["2026-11-20", "2026-11-20T00:00:00.000Z"],
    ["2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00.000Z"],
  ])("%s is %s", (text, instant) => {
    expect(parseInstant(text, nowMs)).toBe(instant);
  });

  test.each(["", "yesterday", "5", "2026-13-01", "2026-02-30", "2026-02-30T10:00:00Z", "1h ago", "--1h", "-5"])(
    "%j is refused",
    (text) => {
      expect(() => parseInstant(text, nowMs)).toThrow(/is not a time/);
    },
  );
});
