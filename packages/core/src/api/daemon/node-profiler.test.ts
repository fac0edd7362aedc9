import { expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { NodeProfiler } from "./node-profiler.ts";

function rig() {
  const clock = new ManualClock();
  let releases = 0;
  const profiler = new NodeProfiler(clock, async () => void releases++);
  const releasesAfter = async (ms: number) => {
    clock.advance(ms);
    await Promise.resolve();
    return releases;
  };
  return { clock, profiler, releasesAfter };
}

test("the memory of a heap snapshot is released when its reader has finished", async () => {
  const { profiler, releasesAfter } = rig();

  // The rest is another 50 MB of the test runner's own heap.
  for await (const piece of await profiler.take("heap", 0)) if (piece.length > 0) break;
  const atOnce = await releasesAfter(0);
  const later = await releasesAfter(1_000);

  expect([atOnce, later]).toEqual([0, 1]);
});
