import { expect, test } from "@jest/globals";
import { shrinkHeap } from "./shrink-heap.ts";

const MIB = 2 ** 20;

test("gives back the heap that garbage took", () => {
  let garbage: number[][] | null = Array.from({ length: 64 }, (_, seed) => Array.from({ length: 65_536 }, () => seed));
  const before = process.memoryUsage().heapTotal;
  expect(garbage).toHaveLength(64);
  garbage = null;

  shrinkHeap();

  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(16 * MIB);
});
