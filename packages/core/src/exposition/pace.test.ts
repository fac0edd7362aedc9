import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/manual-clock.ts";
import { Pace } from "./pace.ts";

describe("Pace", () => {
  test("goes on at once while the slice lasts", () => {
    const { clock, pace } = setUp();
    clock.advance(4.9);

    expect(pace.pause()).toBeNull();
  });

  test("starts a new slice after the loop turned", async () => {
    const { clock, pace } = setUp();
    clock.advance(5);
    await pace.pause();
    clock.advance(4.9);

    expect(pace.pause()).toBeNull();
  });

  test("gives all who share it one slice together", async () => {
    const { clock, pace, turnedAtMs } = setUp();
    const work = async () => {
      for (let piece = 0; piece < 20; piece++) {
        clock.advance(1);
        await pace.pause();
      }
    };

    await Promise.all([work(), work()]);

    const slices = turnedAtMs.map((atMs, index) => atMs - (turnedAtMs[index - 1] ?? 0));
    expect(slices.length).toBeGreaterThan(5);
    expect(Math.max(...slices)).toBeLessThanOrEqual(6);
  });
});

function setUp() {
  const clock = new ManualClock();
  const turnedAtMs: number[] = [];
  const yieldToLoop = async () => void turnedAtMs.push(clock.monotonicMs());
  return { clock, pace: new Pace({ clock, yieldToLoop }), turnedAtMs };
}
