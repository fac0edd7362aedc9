import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";

describe("EventLoopDelay", () => {
  test("subtracts the timer's own 10 ms from Node's figure", () => {
    const { delay, recorded } = setUp();
    recorded.ms = 12.5;

    expect(delay.read().p50).toBeCloseTo(0.0025);
    expect(delay.read().p99).toBeCloseTo(0.0025);
  });

  test("is 0 before anything was recorded", () => {
    expect(setUp().delay.read()).toEqual({ p50: 0, p99: 0, max: 0 });
  });

  test("shows a stall through the window after its own and no longer", () => {
    const { delay, recorded, clock } = setUp();
    recorded.ms = 210;

    const seen = [0, 60, 30, 30, 30].map((seconds) => {
      clock.advance(seconds * 1000);
      return delay.read().max;
    });

    expect(seen.map((max) => Number(max.toFixed(3)))).toEqual([0.2, 0.2, 0.2, 0.2, 0]);
  });
});

function setUp() {
  const clock = new ManualClock();
  const recorded = { ms: 0 };
  const delay = new EventLoopDelay(clock, {
    enable: () => true,
    disable: () => true,
    reset: () => void (recorded.ms = 0),
    percentile: () => recorded.ms * 1e6,
    get max() {
      return recorded.ms * 1e6;
    },
  });
  return { clock, recorded, delay };
}
