import { afterEach, describe, expect, test } from "@jest/globals";
import { allocateBatch } from "../model/batch.ts";
import { CloudMonitorError } from "../model/errors.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { Sink, WriteOutcome } from "../model/sink.ts";
import { MemoryLog } from "./memory-log.ts";
import { Sender } from "./sender.ts";
import { residualOf } from "./testing/residual-of.ts";

type Write = Sink["write"];

const started: Sender[] = [];

function makeSender(write: Write) {
  let next = 0;
  const clock = new ManualClock();
  const log = new MemoryLog({ clock, newId: () => `record-${++next}` });
  const cursor = log.open({ rowsMax: 1_000, wantsSnapshots: false });
  const told: string[] = [];
  const failed = (reason: string, options?: { readonly isLogged: boolean }) =>
    told.push(options?.isLogged === true ? `${reason}, logged` : reason);
  const health = { succeeded: () => told.push("stored"), failed };
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => errors.push(message) };
  const sink: Sink = { name: "storage", start: async () => {}, write, stop: async () => {} };
  const flushAtStop = () => true;
  const sender = new Sender({ sink, cursor, flushAtStop, health, clock, random: () => 0.5, logger });
  started.push(sender);
  return { clock, log, cursor, sender, told, errors };
}

/** Runs pending promises, then advances the clock. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    clock.advance(50);
  }
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

const all = (rows: number): WriteOutcome => ({ delivered: rows, duplicates: 0, quarantined: 0 });
const away = () => new CloudMonitorError("STORE_UNAVAILABLE", "the database is unavailable", { retryable: true });

afterEach(async () => {
  for (const sender of started.splice(0)) await sender.stop(0);
});

describe("Sender", () => {
  test("stores rows appended within a short time in one write", async () => {
    const writes: number[] = [];
    const { clock, sender, log } = makeSender(async ({ batch }) => {
      writes.push(batch.rows);
      return all(batch.rows);
    });
    sender.start();

    log.append(allocateBatch(3));
    log.append(allocateBatch(4));
    await pass(clock, 400);

    expect(writes).toEqual([7]);
    expect(sender.account).toMatchObject({ delivered: 7, waiting: 0 });
  });

  test("retries the same record, under the same id, until the database is available", async () => {
    const ids: string[] = [];
    let isBack = false;
    const { clock, sender, log } = makeSender(async ({ id, batch }) => {
      ids.push(id);
      if (!isBack) throw away();
      return all(batch.rows);
    });
    sender.start();

    log.append(allocateBatch(2));
    await pass(clock, 3_000);
    isBack = true;
    await pass(clock, 6_000);

    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids)).toEqual(new Set(["record-1"]));
    expect(sender.account).toMatchObject({ delivered: 2, dropped: { refused: 0 } });
  });

  test("counts a record as stored whose commit succeeded and whose response was lost", async () => {
    let attempts = 0;
    const { clock, sender, log } = makeSender(async ({ batch }) => {
      if (++attempts === 1) throw away();
      return { delivered: 0, duplicates: batch.rows, quarantined: 0 };
    });
    sender.start();

    log.append(allocateBatch(3));
    await pass(clock, 3_000);

    expect(sender.account).toMatchObject({ delivered: 3, dropped: { duplicate_key: 0 } });
    expect(sender.retries).toBe(1);
  });

  test("reports each attempt, including those that the database refused permanently", async () => {
    let attempts = 0;
    const { clock, sender, log, told } = makeSender(async ({ batch }) => {
      if (++attempts === 1) throw away();
      if (attempts === 2) throw new CloudMonitorError("STORE_FAILED", "refused");
      return all(batch.rows);
    });
    sender.start();

    log.append(allocateBatch(3));
    await pass(clock, 3_000);
    log.append(allocateBatch(3));
    await pass(clock, 400);

    expect(told).toEqual(["the database is unavailable", "refused, logged", "stored"]);
  });

  test("logs only the first of the records that the database refuses", async () => {
    const { clock, sender, log, errors } = makeSender(async () => {
      throw new CloudMonitorError("STORE_FAILED", "refused");
    });
    sender.start();

    for (let record = 0; record < 5; record++) {
      log.append(allocateBatch(1));
      await pass(clock, 400);
    }

    expect(sender.account.dropped.refused).toBe(5);
    expect(errors).toHaveLength(1);
  });

  test("logs again when the database refuses records after it accepted some", async () => {
    let attempts = 0;
    const { clock, sender, log, errors } = makeSender(async ({ batch }) => {
      if (++attempts === 2) return all(batch.rows);
      throw new CloudMonitorError("STORE_FAILED", "refused");
    });
    sender.start();

    for (let record = 0; record < 4; record++) {
      log.append(allocateBatch(1));
      await pass(clock, 400);
    }

    expect(sender.account).toMatchObject({ delivered: 1, dropped: { refused: 3 } });
    expect(errors).toHaveLength(2);
  });

  test("does not let a record that the database refuses delay the next one", async () => {
    const { clock, sender, log } = makeSender(async ({ id, batch }) => {
      if (id === "record-1") throw new CloudMonitorError("STORE_FAILED", "refused");
      return all(batch.rows);
    });
    sender.start();

    log.append(allocateBatch(2));
    await pass(clock, 400);
    log.append(allocateBatch(5));
    await pass(clock, 400);

    expect(sender.account).toMatchObject({ delivered: 5, dropped: { refused: 2 } });
  });

  test("stores the rest at shutdown, and counts as lost what the database does not accept in time", async () => {
    let isBack = true;
    const { sender, log } = makeSender(async ({ batch }) => {
      if (!isBack) throw away();
      return all(batch.rows);
    });
    log.append(allocateBatch(3));

    await sender.stop(1_000);
    const second = makeSender(async () => {
      throw away();
    });
    isBack = false;
    second.log.append(allocateBatch(4));
    await second.sender.stop(1_000);

    expect(sender.account).toMatchObject({ delivered: 3, dropped: { shutdown: 0 } });
    expect(second.sender.account).toMatchObject({ delivered: 0, dropped: { shutdown: 4 } });
  });

  test("ignores a response that arrives after its rows were counted as lost", async () => {
    const reply = Promise.withResolvers<WriteOutcome>();
    const signals: AbortSignal[] = [];
    const { clock, log, sender } = makeSender((_record, signal) => {
      signals.push(signal);
      return reply.promise;
    });
    sender.start();
    log.append(allocateBatch(3));
    await pass(clock, 400);

    const stopped = sender.stop(1_000);
    const during = signals.map(({ aborted }) => aborted);
    await pass(clock, 1_500);
    await stopped;
    reply.resolve(all(3));
    await pass(clock, 100);

    expect([during, signals.map(({ aborted }) => aborted)]).toEqual([[false], [true]]);
    expect(sender.account).toMatchObject({ delivered: 0, waiting: 0, dropped: { shutdown: 3 } });
    expect(residualOf(sender.account)).toBe(0);
  });
});
