import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/manual-clock.ts";
import { SlotClock, offsetOf } from "./slots.ts";

describe("SlotClock", () => {
  test("numbers slots by absolute time", () => {
    const clock = new ManualClock(1_000_050);

    const slots = new SlotClock(clock);

    expect(slots.now()).toBe(10_000);
    expect(slots.msToNext()).toBe(50);
  });

  test("counts a step of the wall clock and follows it", () => {
    const clock = new ManualClock(1_000_000);
    const slots = new SlotClock(clock);
    slots.now();

    clock.stepWall(3_600_000);

    expect(slots.now()).toBe(46_000);
    expect(slots.steps).toBe(1);
  });

  test("does not call a few milliseconds a step", () => {
    const clock = new ManualClock(1_000_000);
    const slots = new SlotClock(clock);

    clock.stepWall(20);

    expect(slots.now()).toBe(10_000);
    expect(slots.steps).toBe(0);
  });
});

describe("offsetOf", () => {
  test("spreads neighbouring ids evenly over the slots", () => {
    const counts = Array.from({ length: 50 }, () => 0);

    for (let id = 1; id <= 100_000; id++) counts[offsetOf(id, 50)]!++;

    expect(Math.min(...counts)).toBeGreaterThan(1_800);
    expect(Math.max(...counts)).toBeLessThan(2_200);
  });
});
