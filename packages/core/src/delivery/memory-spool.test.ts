import { describe, expect, test } from "@jest/globals";
import { allocateBatch } from "../model/batch.ts";
import type { Batch } from "../model/batch.ts";
import { ManualClock } from "../model/manual-clock.ts";
import { MemorySpool } from "./memory-spool.ts";

function batchOf(...ids: number[]): Batch {
  const batch = allocateBatch(ids.length);
  batch.ids.set(ids);
  return batch;
}

function makeSpool(rowsMax = 100) {
  let next = 0;
  const clock = new ManualClock();
  return { clock, spool: new MemorySpool({ rowsMax, clock, newId: () => `record-${++next}` }) };
}

describe("MemorySpool", () => {
  test("gathers appended batches into one record, in order", () => {
    const { spool } = makeSpool();
    spool.append(batchOf(1, 2));
    spool.append(batchOf(3));

    const record = spool.peek();

    expect([...record!.batch.ids]).toEqual([1, 2, 3]);
  });

  test("returns the same record until it is acknowledged, whatever comes behind it", () => {
    const { spool } = makeSpool();
    spool.append(batchOf(1));
    const first = spool.peek();
    spool.append(batchOf(2));

    const again = spool.peek();
    spool.acknowledge(first!);
    const second = spool.peek();

    expect(again).toBe(first);
    expect([...second!.batch.ids]).toEqual([2]);
    expect(second!.id).not.toBe(first!.id);
  });

  test("drops the oldest rows when it is full and counts them, but never the sealed record", () => {
    const { spool } = makeSpool(4);
    spool.append(batchOf(1, 2));
    const sealed = spool.peek();
    spool.append(batchOf(3, 4));
    spool.append(batchOf(5, 6));

    const stats = spool.stats;
    spool.acknowledge(sealed!);

    expect(stats).toMatchObject({ rows: 4, droppedFull: 2 });
    expect([...spool.peek()!.batch.ids]).toEqual([5, 6]);
  });

  test("tells since when its oldest row waits, whatever the wall clock does", () => {
    const { clock, spool } = makeSpool();
    const startMs = clock.monotonicMs();
    spool.append(batchOf(1));
    clock.stepWall(86_400_000);
    clock.advance(5_000);
    spool.append(batchOf(2));

    expect(spool.stats.oldestMs).toBe(startMs);
  });

  test("is empty after all was acknowledged", () => {
    const { spool } = makeSpool();
    spool.append(batchOf(1, 2, 3));

    spool.acknowledge(spool.peek()!);

    expect(spool.peek()).toBeNull();
    expect(spool.stats).toMatchObject({ rows: 0, oldestMs: null, droppedFull: 0 });
  });
});
