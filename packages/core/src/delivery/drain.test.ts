import { afterEach, describe, expect, test } from "@jest/globals";
import { allocateBatch } from "../model/batch.ts";
import { CloudMonitorError } from "../model/errors.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/manual-clock.ts";
import type { Sink, WriteOutcome } from "../model/sink.ts";
import { Drain } from "./drain.ts";
import { MemorySpool } from "./memory-spool.ts";

type Write = Sink["write"];

const started: Drain[] = [];

function makeDrain(write: Write) {
  let next = 0;
  const clock = new ManualClock();
  const spool = new MemorySpool({ rowsMax: 1_000, clock, newId: () => `record-${++next}` });
  const told: string[] = [];
  const health = { succeeded: () => told.push("stored"), failed: (reason: string) => told.push(reason) };
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => errors.push(message) };
  const drain = new Drain({ spool, storage: { write }, health, clock, random: () => 0.5, logger });
  started.push(drain);
  return { clock, spool, drain, told, errors };
}

/** Lets the promises that wait run, then moves the clock. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    clock.advance(50);
  }
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

const all = (rows: number): WriteOutcome => ({ delivered: rows, duplicates: 0, quarantined: 0 });
const away = () => new CloudMonitorError("STORE_UNAVAILABLE", "the database is away", { retryable: true });

afterEach(async () => {
  for (const drain of started.splice(0)) await drain.stop(0);
});

describe("Drain", () => {
  test("stores what was appended within a moment, as one write", async () => {
    const writes: number[] = [];
    const { clock, drain, spool } = makeDrain(async ({ batch }) => {
      writes.push(batch.rows);
      return all(batch.rows);
    });
    drain.start();

    spool.append(allocateBatch(3));
    spool.append(allocateBatch(4));
    await pass(clock, 400);

    expect(writes).toEqual([7]);
    expect(drain.stats.stored).toBe(7);
    expect(spool.stats.rows).toBe(0);
  });

  test("tries the same record again, under the same id, until the database is back", async () => {
    const ids: string[] = [];
    let isBack = false;
    const { clock, drain, spool } = makeDrain(async ({ id, batch }) => {
      ids.push(id);
      if (!isBack) throw away();
      return all(batch.rows);
    });
    drain.start();

    spool.append(allocateBatch(2));
    await pass(clock, 3_000);
    isBack = true;
    await pass(clock, 6_000);

    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids)).toEqual(new Set(["record-1"]));
    expect(drain.stats).toMatchObject({ stored: 2, refused: 0 });
  });

  test("counts a record as stored whose commit succeeded and whose answer was lost", async () => {
    let attempts = 0;
    const { clock, drain, spool } = makeDrain(async ({ batch }) => {
      if (++attempts === 1) throw away();
      return { delivered: 0, duplicates: batch.rows, quarantined: 0 };
    });
    drain.start();

    spool.append(allocateBatch(3));
    await pass(clock, 3_000);

    expect(drain.stats).toMatchObject({ stored: 3, duplicates: 0, retries: 1 });
  });

  test("tells of each attempt, those that the database refused for good too", async () => {
    let attempts = 0;
    const { clock, drain, spool, told } = makeDrain(async ({ batch }) => {
      if (++attempts === 1) throw away();
      if (attempts === 2) throw new CloudMonitorError("STORE_FAILED", "refused");
      return all(batch.rows);
    });
    drain.start();

    spool.append(allocateBatch(3));
    await pass(clock, 3_000);
    spool.append(allocateBatch(3));
    await pass(clock, 400);

    expect(told).toEqual(["the database is away", "refused", "stored"]);
  });

  test("logs the first of the records that the database refuses, not each", async () => {
    const { clock, drain, spool, errors } = makeDrain(async () => {
      throw new CloudMonitorError("STORE_FAILED", "refused");
    });
    drain.start();

    for (let record = 0; record < 5; record++) {
      spool.append(allocateBatch(1));
      await pass(clock, 400);
    }

    expect(drain.stats.refused).toBe(5);
    expect(errors).toHaveLength(1);
  });

  test("does not let a record that the database refuses hold up the next", async () => {
    const { clock, drain, spool } = makeDrain(async ({ id, batch }) => {
      if (id === "record-1") throw new CloudMonitorError("STORE_FAILED", "refused");
      return all(batch.rows);
    });
    drain.start();

    spool.append(allocateBatch(2));
    await pass(clock, 400);
    spool.append(allocateBatch(5));
    await pass(clock, 400);

    expect(drain.stats).toMatchObject({ refused: 2, stored: 5 });
  });

  test("stores the rest at stop, and counts as lost what the database does not take in time", async () => {
    let isBack = true;
    const { drain, spool } = makeDrain(async ({ batch }) => {
      if (!isBack) throw away();
      return all(batch.rows);
    });
    spool.append(allocateBatch(3));

    await drain.stop(1_000);
    const second = makeDrain(async () => {
      throw away();
    });
    isBack = false;
    second.spool.append(allocateBatch(4));
    await second.drain.stop(1_000);

    expect(drain.stats).toMatchObject({ stored: 3, shutdown: 0 });
    expect(second.drain.stats).toMatchObject({ stored: 0, shutdown: 4 });
  });
});
