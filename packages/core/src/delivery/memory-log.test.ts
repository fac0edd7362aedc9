import { describe, expect, test } from "@jest/globals";
import { allocateBatch } from "../model/batch.ts";
import type { Batch } from "../model/batch.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { LogCursor } from "./log.ts";
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
  test("combines appended batches into one record, in order", () => {
    const { log, cursor } = makeLog();
    log.append(batchOf(1, 2));
    log.append(batchOf(3));

    const record = cursor.seal();

    expect([...record!.batch.ids]).toEqual([1, 2, 3]);
  });

  test("combines whole batches, 20,000 rows at most; a larger batch is a separate record", () => {
    const { log, cursor } = makeLog(1_000_000);
    for (const rows of [12_000, 8_000, 1, 30_000, 5]) log.append(allocateBatch(rows));

    const records: number[] = [];
    for (let record = cursor.seal(); record !== null; record = cursor.seal()) {
      records.push(record.batch.rows);
      cursor.acknowledge(record);
    }

    expect(records).toEqual([20_000, 1, 30_000, 5]);
  });

  test("returns the same record until it is acknowledged, whatever is appended", () => {
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

  test("keeps the newest batch even if it exceeds the limit", () => {
    const { log, cursor } = makeLog(4);
    log.append(batchOf(1));
    log.append(allocateBatch(9));

    expect(cursor.stats).toMatchObject({ waiting: 9, droppedFull: 1 });
  });

  test("knows since when its oldest row has waited, whatever the wall clock does", () => {
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

describe("a MemoryLog with two cursors", () => {
  function makeTwo(rowsMax: { slow: number; quick: number }) {
    const { clock, log, cursor: quick } = makeLog(rowsMax.quick);
    return { clock, log, quick, slow: log.open({ rowsMax: rowsMax.slow, wantsSnapshots: true }) };
  }
  const take = (cursor: LogCursor) => {
    const record = cursor.seal();
    if (record !== null) cursor.acknowledge(record);
    return record;
  };

  test("holds a batch once, until the slowest cursor has passed it", () => {
    const { log, quick, slow } = makeTwo({ slow: 100, quick: 100 });
    const batch = batchOf(1, 2);
    log.append(batch);
    const quickly = take(quick);
    const between = log.rows;
    const slowly = take(slow);

    expect([quickly!.batch, slowly!.batch]).toEqual([batch, batch]);
    expect(quickly!.batch).toBe(slowly!.batch);
    expect(quickly!.id).not.toBe(slowly!.id);
    expect([between, log.rows]).toEqual([2, 0]);
  });

  test("is trimmed when the slow one exceeds its limit, and only that one loses rows", () => {
    const { log, quick, slow } = makeTwo({ slow: 4, quick: 100 });
    for (let id = 1; id <= 50; id++) log.append(batchOf(id));
    const before = log.rows;
    const record = take(quick);

    expect(before).toBe(50);
    expect(record!.batch.rows).toBe(50);
    expect(quick.stats).toMatchObject({ waiting: 0, droppedFull: 0 });
    expect(log.rows).toBe(4);
    expect(slow.stats).toMatchObject({ waiting: 4, droppedFull: 46 });
    expect([...take(slow)!.batch.ids]).toEqual([47, 48, 49, 50]);
  });

  test("returns snapshots to the one that wants them, and keeps them for no other", () => {
    const { log, quick: plain, slow: wanting } = makeTwo({ slow: 100, quick: 100 });
    const [first, second] = [snapshotOf(7, 3), snapshotOf(7, 3)];
    log.append(batchOf(7), [first]);
    log.append(batchOf(7), [second]);
    const record = take(wanting);
    const held = log.snapshots;

    expect(record!.snapshots).toEqual([first, second]);
    expect(held).toBe(0);
    expect(take(plain)).not.toHaveProperty("snapshots");
  });

  test("drops the oldest rows of one with too many snapshots, however few the rows", () => {
    const { log, quick: plain, slow: wanting } = makeTwo({ slow: 1_000_000, quick: 1_000_000 });
    for (let id = 1; id <= 10; id++) log.append(batchOf(id), [snapshotOf(id, 1_000_000)]);

    expect(log.snapshots).toBe(4);
    expect(wanting.stats).toMatchObject({ waiting: 4, droppedFull: 6 });
    expect(plain.stats).toMatchObject({ waiting: 10, droppedFull: 0 });

    take(wanting);
    for (let id = 1; id <= 4; id++) log.append(batchOf(id), [snapshotOf(id, 1_000_000)]);

    expect(wanting.stats).toMatchObject({ waiting: 4, droppedFull: 6 });
  });
});

test("a MemoryLog whose sinks want no snapshots keeps none", () => {
  const { log } = makeLog();

  log.append(batchOf(7), [snapshotOf(7, 3)]);

  expect([log.rows, log.snapshots]).toEqual([1, 0]);
});

function snapshotOf(instanceId: number, series: number): InstanceSnapshot {
  const layout = { version: 1, sections: [], names: [], labels: [], families: [] };
  return { instanceId, snapshot: { layout, values: new Float64Array(series), readAtMs: 0 } };
}
