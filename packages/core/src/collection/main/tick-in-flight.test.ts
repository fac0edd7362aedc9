import { describe, expect, test } from "@jest/globals";
import { BATCH_ROW_BYTES, viewBatch } from "../../model/batch.ts";
import { Progress } from "../progress.ts";
import { failRow, succeedRow } from "../complete-row.ts";
import { recoverTick } from "./tick-in-flight.ts";
import type { TickInFlight } from "./tick-in-flight.ts";

const TICK: TickInFlight = {
  ids: Int32Array.of(11, 12, 13, 14),
  timestamps: Float64Array.of(100, 200, 300, 400),
  refresh: [-9],
};

/** Shared memory as left by a thread that finished the rows of `finished`. */
function memory(finished: readonly number[]) {
  const rows = viewBatch(new SharedArrayBuffer(10 * BATCH_ROW_BYTES), 10);
  finished.forEach((id, row) => {
    succeedRow(rows, { row, id, timestampMs: TICK.timestamps[TICK.ids.indexOf(id)]! }, 0.001);
  });
  const progress = new Progress();
  progress.reset();
  progress.finish(finished.length);
  return { rows, progress };
}

describe("a tick whose thread is lost", () => {
  test("returns its finished rows, names the culprit, and leaves those after it to the next thread", () => {
    const { rows, progress } = memory([11]);
    progress.begin(1);

    const lost = recoverTick(TICK, progress, rows);

    expect([...lost.rows.ids]).toEqual([11]);
    expect(lost.culprit).toEqual({ id: 12, timestampMs: 200 });
    expect(lost.owed).toEqual([]);
    expect(lost.waiting).toEqual([
      { id: 13, timestampMs: 300 },
      { id: 14, timestampMs: 400 },
    ]);
  });

  test("keeps the returned rows when the thread continues to write", () => {
    const { rows, progress } = memory([11, 12]);
    const lost = recoverTick(TICK, progress, rows);

    failRow(rows, { row: 0, id: 99, timestampMs: 1 }, "hung");

    expect([...lost.rows.ids]).toEqual([11, 12]);
  });

  test("waits as a whole when the thread had not started", () => {
    const { rows, progress } = memory([]);

    const lost = recoverTick(TICK, progress, rows);

    expect(lost.culprit).toBeNull();
    expect(lost.waiting.map(({ id }) => id)).toEqual([11, 12, 13, 14]);
  });

  test("counts the rows of those that were begun and would have replied later as outstanding", () => {
    const { rows, progress } = memory([12]);
    progress.begin(2);
    progress.end();

    const lost = recoverTick(TICK, progress, rows);

    expect(lost.culprit).toBeNull();
    expect(lost.owed.map(({ id }) => id)).toEqual([11, 13]);
    expect(lost.waiting.map(({ id }) => id)).toEqual([14]);
  });

  test("blames the instance, without a row, when it was refreshing its snapshot", () => {
    const { rows, progress } = memory([11, 12, 13, 14]);
    progress.begin(4);

    const lost = recoverTick(TICK, progress, rows);

    expect(lost.culprit).toEqual({ id: -9, timestampMs: null });
    expect(lost.rows.rows).toBe(4);
    expect([...lost.owed, ...lost.waiting]).toEqual([]);
  });
});
