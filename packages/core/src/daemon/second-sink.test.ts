import { beforeEach, describe, expect, test } from "@jest/globals";
import { Delivery } from "../delivery/delivery.ts";
import { RecorderSink } from "../delivery/testing/recorder-sink.ts";
import { residualOf } from "../delivery/testing/residual-of.ts";
import { WriteHealth } from "../delivery/write-health.ts";
import { allocateBatch } from "../model/batch.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { storageSink } from "./storage-sink.ts";

/** Rows collected per second. */
const ROWS = 10;
/** The time to combine rows, and one write. */
const STORED_WITHIN_ROWS = ROWS;

let clock: ManualClock;
let storage: MemoryStorage;
let recorder: RecorderSink;
let health: WriteHealth;
let delivery: Delivery;
let warnings: string[];
let appended: number;
/** Maximum number of rows waiting for the storage at the end of a second. */
let storageWaitedMax: number;

/** A daemon's delivery with a second sink, which is the second element of the list. */
function deliver(recorderRowsMax: number): void {
  let record = 0;
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  health = new WriteHealth({ clock, logger, oldestWaitingMs: () => delivery.stats("storage").oldestMs });
  const sinks = [
    storageSink({ storage, sink: storage, health, rowsMax: 1_000 }),
    { sink: recorder, rowsMax: recorderRowsMax, flushAtStop: () => true },
  ];
  delivery = new Delivery({ sinks, clock, random: () => 0.5, newId: () => `record-${++record}`, logger });
  health.connected();
  delivery.start();
}

beforeEach(async () => {
  clock = new ManualClock();
  storage = new MemoryStorage({ clock, rowsMax: 10_000, retentionRawMs: 86_400_000 });
  recorder = new RecorderSink();
  warnings = [];
  appended = 0;
  storageWaitedMax = 0;
  await storage.start();
});

/** Rows arrive ten times per second, each with the next number as its id. */
async function pass(seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 10; step++) {
    const batch = allocateBatch(ROWS / 10);
    batch.ids.fill(++appended);
    batch.timestamps.fill(clock.wallMs());
    delivery.append(batch);
    await move(100);
    if (step % 10 === 9) storageWaitedMax = Math.max(storageWaitedMax, accountOf("storage").waiting);
  }
}

async function move(ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  clock.advance(ms);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function accountOf(name: string) {
  return delivery.stats(name).account;
}

function numbersTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test("two sinks with the same name are refused: their rows could not be distinguished", () => {
  const sinks = [recorder, recorder].map((sink) => ({ sink, rowsMax: 10, flushAtStop: () => true }));

  expect(() => new Delivery({ sinks, clock, random: () => 0.5, newId: () => "record", logger: silentLogger })).toThrow(
    RangeError,
  );
});

describe("a second sink that fails for a while", () => {
  test("does not delay the storage, and has every row once, in order, when it has recovered", async () => {
    deliver(1_000);
    await pass(5);
    recorder.isUnavailable = true;
    await pass(30);
    const [duringStorage, duringRecorder] = [accountOf("storage"), accountOf("recorder")];
    recorder.isUnavailable = false;
    await pass(10);
    await move(1_000);

    expect(duringStorage.delivered).toBeGreaterThanOrEqual(35 * ROWS - STORED_WITHIN_ROWS);
    expect(duringRecorder.waiting).toBeGreaterThanOrEqual(30 * ROWS);
    expect([residualOf(duringStorage), residualOf(duringRecorder)]).toEqual([0, 0]);
    expect(storageWaitedMax).toBeLessThanOrEqual(STORED_WITHIN_ROWS);
    expect(delivery.stats("storage").retries).toBe(0);
    expect(health.available).toBe(true);
    expect(recorder.ids).toEqual(numbersTo(appended));
    expect(storage.stats.rowsStored).toBe(appended);
    for (const name of ["storage", "recorder"]) {
      expect(accountOf(name)).toMatchObject({ collected: appended, delivered: appended, waiting: 0 });
    }
    // One line for the outage, however many retries.
    expect(warnings).toEqual(["sink unavailable, buffering samples"]);
  });

  test("loses its own rows at shutdown, and none of the storage's", async () => {
    deliver(1_000);
    await pass(3);
    recorder.isUnavailable = true;
    await pass(3);

    const stopped = delivery.stop(4_000);
    await move(5_000);
    await stopped;

    const [ofStorage, ofRecorder] = [accountOf("storage"), accountOf("recorder")];
    expect(ofStorage).toMatchObject({ delivered: appended, waiting: 0, dropped: { shutdown: 0 } });
    expect(ofRecorder).toMatchObject({ delivered: recorder.ids.length, waiting: 0 });
    expect(ofRecorder.dropped.shutdown).toBe(appended - recorder.ids.length);
    expect(ofRecorder.dropped.shutdown).toBeGreaterThanOrEqual(3 * ROWS);
    expect([residualOf(ofStorage), residualOf(ofRecorder)]).toEqual([0, 0]);
    expect(recorder.isStarted).toBe(false);
    // The storage is stopped by the daemon, after everything that uses it.
    expect(storage.stats.available).toBe(true);
  });

  test("drops the oldest of its own rows far beyond its limit, and none of the storage's", async () => {
    deliver(50);
    recorder.isUnavailable = true;
    await pass(60);
    const during = accountOf("recorder");
    recorder.isUnavailable = false;
    await pass(10);
    await move(1_000);

    const after = accountOf("recorder");
    expect(during.waiting).toBe(50);
    expect(during.dropped.queue_full).toBe(60 * ROWS - 50);
    expect(recorder.ids.slice(-10 * ROWS - 10)).toEqual(numbersTo(appended, appended - 10 * ROWS - 9));
    expect(recorder.ids.length + after.dropped.queue_full).toBe(appended);
    expect(residualOf(after)).toBe(0);
    expect(accountOf("storage")).toMatchObject({ delivered: appended, dropped: { queue_full: 0 } });
    expect(storage.stats.rowsStored).toBe(appended);
  });

  test("is started when possible, and its rows wait until then", async () => {
    recorder.isUnavailable = true;
    deliver(1_000);
    await pass(5);
    const before = [recorder.isStarted, accountOf("recorder").waiting];
    recorder.isUnavailable = false;
    await pass(10);
    await move(1_000);

    expect(before).toEqual([false, 5 * ROWS]);
    expect(recorder.isStarted).toBe(true);
    expect(recorder.ids).toEqual(numbersTo(appended));
    expect(warnings).toEqual(["sink did not start, buffering samples"]);
  });
});
