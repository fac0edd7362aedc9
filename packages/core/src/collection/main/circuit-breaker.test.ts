import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";

/** Without jitter: back-offs of 30, 60, 120, ... seconds. */
function makeBreaker() {
  const clock = new ManualClock();
  return { clock, breaker: new CircuitBreaker(clock, () => 1) };
}

describe("CircuitBreaker", () => {
  test("blocks an instance that tripped for a while, then allows a trial", () => {
    const { clock, breaker } = makeBreaker();

    const backoffMs = breaker.trip(7, "hung");
    clock.advance(29_999);
    const during = breaker.blockedReason(7);
    clock.advance(1);

    expect(backoffMs).toBe(30_000);
    expect(during).toBe("hung");
    expect(breaker.blockedReason(7)).toBeNull();
    expect(breaker.blockedReason(8)).toBeNull();
  });

  test("doubles the back-off each time, up to ten minutes", () => {
    const { breaker } = makeBreaker();

    const seconds = Array.from({ length: 7 }, () => breaker.trip(7, "crashed") / 1_000);

    expect(seconds).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  test("closes only after responses for as long as the last back-off", () => {
    const { clock, breaker } = makeBreaker();
    breaker.trip(7, "hung");
    clock.advance(30_000);

    const clean: boolean[] = [];
    for (let second = 0; second <= 30; second++) {
      clean.push(breaker.answered(7));
      clock.advance(1_000);
    }

    expect(clean.indexOf(true)).toBe(30);
    expect(breaker.trip(7, "hung")).toBe(30_000);
  });

  test("does not close after a single response, however late it comes", () => {
    const { clock, breaker } = makeBreaker();
    breaker.trip(7, "hung");

    clock.advance(86_400_000);

    expect(breaker.answered(7)).toBe(false);
    expect(breaker.hasRecord(7)).toBe(true);
  });

  test("never closes for an instance that hangs every second time", () => {
    const { clock, breaker } = makeBreaker();
    const backoffs: number[] = [];
    const clean: boolean[] = [];

    for (let round = 0; round < 6; round++) {
      backoffs.push(breaker.trip(7, "hung") / 1_000);
      while (breaker.blockedReason(7) !== null) clock.advance(60_000);
      clean.push(breaker.answered(7));
      clock.advance(60_000);
    }

    expect(clean).toEqual(Array(6).fill(false));
    expect(backoffs).toEqual([30, 60, 120, 240, 480, 600]);
  });

  test("is closed for an instance that never tripped, or was changed", () => {
    const { breaker } = makeBreaker();
    breaker.trip(7, "hung");

    breaker.reset(7);

    expect([breaker.answered(7), breaker.answered(8)]).toEqual([true, true]);
    expect(breaker.blockedReason(7)).toBeNull();
  });
});
