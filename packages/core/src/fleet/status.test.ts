import { describe, expect, test } from "@jest/globals";
import { statusOf } from "./status.ts";

const INTERVAL_SECONDS = 5;
const never = { known: false, attemptedAtMs: Number.NaN, up: Number.NaN };
const succeeded = { known: true, attemptedAtMs: 1_000, up: 1 };
const failed = { known: true, attemptedAtMs: 1_000, up: 0 };
const restored = { known: true, attemptedAtMs: Number.NaN, up: 1 };

describe("the status of an instance", () => {
  test.each([
    ["pending before the first attempt", never, 1e9, "pending"],
    ["up after an attempt that succeeded", succeeded, 1_000, "up"],
    ["down after an attempt that failed", failed, 1_000, "down"],
    ["up as long as two intervals and a second have not passed", succeeded, 12_000, "up"],
    ["stale after two intervals and a second without an attempt", succeeded, 12_001, "stale"],
    ["stale, not down, when failures have stopped coming", failed, 12_001, "stale"],
    ["stale when its row is from before a restart", restored, 0, "stale"],
  ] as const)("is %s", (_words, attempt, nowMs, expected) => {
    expect(statusOf(attempt, INTERVAL_SECONDS, nowMs)).toBe(expected);
  });
});
