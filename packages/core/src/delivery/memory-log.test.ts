import { describe, expect, test } from "@jest/globals";
import { allocateBatch } from "../model/batch.ts";
import type { Batch } from "../model/batch.ts";
import { ManualClock } from "../model/manual-clock.ts";
import { MemoryLog } from "./memory-log.ts";

function batchOf(...ids: number[]): Batch {
  const batch = allocateBatch(ids.length);
  batch.ids.set(ids);
  return batch;
}

function makeLog(rowsMax = 100) {
  let next = 0;
  const clock = new ManualClock();
  const log = new MemoryLog({ clock, newId: () => `record-${++next}` });
  return { clock, log, cursor: log.open({ rowsMax, wantsSnapshots: false }) };
}

describe("MemoryLog", () => {
  test("gathers appended batches into one record, in order", () => {
    const { log, cursor } = makeLog();
    log.append(batchOf(1, 2));
    log.append(batchOf(3));

    const record = cursor.seal();

    expect([...record!.batch.ids]).toEqual([1, 2, 3]);
  });

  test("returns the same record until it is acknowledged, whatever comes behind it", () => {
    const { log, cursor } = makeLog();
    log.append(batchOf(1));
    const first = cursor.seal();
    log.append(batchOf(2));

    const again = cursor.seal();
    cursor.acknowledge(first!);
    const second = cursor.seal();

    expect(again).toBe(first);
    expect([...second!.batch.ids]).toEqual([2]);
    expect(second!.id).not.toBe(first!.id);
  });

  test("drops the oldest rows when it is full and counts them, but never the sealed record", () => {
    const { log, cursor } = makeLog(4);
    log.append(batchOf(1, 2));
    const sealed = cursor.seal();
    log.append(batchOf(3, 4));
    log.append(batchOf(5, 6));

    const stats = cursor.stats;
    cursor.acknowledge(sealed!);

    expect(stats).toMatchObject({ waiting: 4, droppedFull: 2 });
    expect([...cursor.seal()!.batch.ids]).toEqual([5, 6]);
  });

  test("tells since when its oldest row waits, whatever the wall clock does", () => {
    const { clock, log, cursor } = makeLog();
    const startMs = clock.monotonicMs();
    log.append(batchOf(1));
    clock.stepWall(86_400_000);
    clock.advance(5_000);
    log.append(batchOf(2));

    expect(cursor.stats.oldestMs).toBe(startMs);
  });

  test("is empty after all was acknowledged", () => {
    const { log, cursor } = makeLog();
    log.append(batchOf(1, 2, 3));

    cursor.acknowledge(cursor.seal()!);

    expect(cursor.seal()).toBeNull();
    expect(cursor.stats).toMatchObject({ waiting: 0, oldestMs: null, droppedFull: 0 });
  });
});
