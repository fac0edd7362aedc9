import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { SlotClock, offsetOf } from "./slots.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const STEPS = [
  ["an hour ahead", HOUR_MS],
  ["an hour back", -HOUR_MS],
  ["a day ahead", 24 * HOUR_MS],
  ["a day back", -24 * HOUR_MS],
  ["to 2038", Date.UTC(2038, 0, 19, 3, 14, 8) - NOW_MS],
  ["to 1970", HOUR_MS - NOW_MS],
] as const;

describe("SlotClock", () => {
  test("numbers slots by absolute time", () => {
    const clock = new ManualClock(1_000_050);

    const slots = new SlotClock(clock);

    expect(slots.now()).toBe(10_000);
    expect(slots.msToNext()).toBe(50);
  });

  test.each(STEPS)("counts a step %s of the wall clock once and follows it", (_name, stepMs) => {
    const clock = new ManualClock(NOW_MS);
    const slots = new SlotClock(clock);

    clock.stepWall(stepMs);
    const shifts = [slots.follow(), slots.follow()];

    expect(slots.now()).toBe((NOW_MS + stepMs) / 100);
    expect(shifts).toEqual([stepMs / 100, 0]);
    expect(slots.steps).toBe(1);
  });

  test.each(STEPS)("does not count a row as late because the clock stepped %s meanwhile", (_name, stepMs) => {
    const clock = new ManualClock(NOW_MS);
    const slots = new SlotClock(clock);

    clock.stepWall(stepMs);
    clock.advance(50);
    slots.follow();
    clock.advance(200);
    const ofBefore = slots.lateMs(NOW_MS);
    const ofAfter = slots.lateMs(NOW_MS + stepMs + 100);

    expect([ofBefore, ofAfter]).toEqual([250, 150]);
  });

  test("counts time in which this process was suspended as elapsed time, not as a step", () => {
    const clock = new ManualClock(NOW_MS);
    const slots = new SlotClock(clock);

    clock.advance(60_000);

    expect(slots.follow()).toBe(0);
    expect(slots.steps).toBe(0);
    expect(slots.now()).toBe(NOW_MS / 100 + 600);
  });

  test("does not count a few milliseconds as a step", () => {
    const clock = new ManualClock(1_000_000);
    const slots = new SlotClock(clock);

    clock.stepWall(20);

    expect(slots.follow()).toBe(0);
    expect(slots.now()).toBe(10_000);
    expect(slots.steps).toBe(0);
  });
});

describe("offsetOf", () => {
  test("spreads adjacent ids evenly over the slots", () => {
    const counts = Array.from({ length: 50 }, () => 0);

    for (let id = 1; id <= 100_000; id++) counts[offsetOf(id, 50)]!++;

    expect(Math.min(...counts)).toBeGreaterThan(1_800);
    expect(Math.max(...counts)).toBeLessThan(2_200);
  });
});
