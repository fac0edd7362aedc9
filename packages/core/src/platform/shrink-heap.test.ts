import { expect, test } from "@jest/globals";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { keepHeapSmall, shrinkHeap } from "./shrink-heap.ts";

const MIB = 2 ** 20;

test("releases the heap of garbage", () => {
  let garbage: number[][] | null = Array.from({ length: 64 }, (_, seed) => Array.from({ length: 65_536 }, () => seed));
  const before = process.memoryUsage().heapTotal;
  expect(garbage).toHaveLength(64);
  garbage = null;

  shrinkHeap();

  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(16 * MIB);
});

test("repeats this, each time a minute after the last", () => {
  const clock = new ManualClock();
  keepHeapSmall(clock, 1_000);
  clock.advance(1_000);
  let garbage: number[][] | null = Array.from({ length: 64 }, (_, seed) => Array.from({ length: 65_536 }, () => seed));
  const before = process.memoryUsage().heapTotal;
  expect(garbage).toHaveLength(64);
  garbage = null;

  clock.advance(59_999);
  const within = process.memoryUsage().heapTotal;
  clock.advance(1);

  expect(before - within).toBeLessThan(16 * MIB);
  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(16 * MIB);
  expect(clock.pending).toBe(1);
});
