import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import { TimeSlicer } from "./time-slicer.ts";

describe("TimeSlicer", () => {
  test("continues at once while the slice lasts", () => {
    const { clock, slicer } = setUp();
    clock.advance(4.9);

    expect(slicer.pause()).toBeNull();
  });

  test("starts a new slice after the loop turned", async () => {
    const { clock, slicer } = setUp();
    clock.advance(5);
    await slicer.pause();
    clock.advance(4.9);

    expect(slicer.pause()).toBeNull();
  });

  test("gives all users one shared slice", async () => {
    const clock = new ManualClock();
    const slicer = new TimeSlicer({ clock, yieldToLoop });
    const work = async () => {
      for (let piece = 0; piece < 40; piece++) {
        clock.advance(1);
        await slicer.pause();
      }
    };

    const slices = await slicesUntil(Promise.all([work(), work(), work(), work()]), clock);

    expect(slices.length).toBeGreaterThan(20);
    expect(Math.max(...slices)).toBeLessThan(10);
  });
});

function setUp() {
  const clock = new ManualClock();
  return { clock, slicer: new TimeSlicer({ clock, yieldToLoop: async () => {} }) };
}

/** How far the clock moved in each event-loop turn. */
async function slicesUntil(done: Promise<unknown>, clock: ManualClock): Promise<number[]> {
  const ended = new AbortController();
  void done.then(() => ended.abort());
  const slices: number[] = [];
  let lastMs = clock.monotonicMs();
  while (!ended.signal.aborted) {
    await yieldToLoop();
    slices.push(clock.monotonicMs() - lastMs);
    lastMs = clock.monotonicMs();
  }
  return slices;
}
