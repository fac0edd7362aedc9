import type { Batch } from "@cloud-monitor/core";
import { allocateBatch, CORE_METRICS } from "@cloud-monitor/core";

/** One row of each of `rows` instances in one slot, with typical values: percents, loads, bytes, some unknown. */
export function sampleBatch(rows: number, timestampMs: number): Batch {
  const batch = allocateBatch(rows);
  batch.timestamps.fill(timestampMs);
  for (let row = 0; row < rows; row++) batch.ids[row] = row + 1;
  for (const [index, metric] of CORE_METRICS.entries()) {
    const column = batch.columns[index]!;
    const scale = metric.unit === "bytes" ? 2 ** 36 : 100;
    for (let row = 0; row < rows; row++) column[row] = wave(row + index) * scale;
  }
  // One row in a hundred is a failed collection: `up` 0, the rest unknown.
  for (let row = 0; row < rows; row += 100)
    batch.columns.forEach((column, index) => (column[row] = index === 0 ? 0 : NaN));
  return batch;
}

/** 0 <= x < 1, without a pattern that page compression could use. */
function wave(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}
