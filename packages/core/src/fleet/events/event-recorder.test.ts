import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { allocateBatch } from "../../model/batch.ts";
import type { Batch } from "../../model/batch.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { Instance } from "../../model/instance.ts";
import type { SampleRecord, Sink, WriteOutcome } from "../../model/sink.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { sampleBatch, sampleInstance } from "../testing/sample-instance.ts";
import { EventRecorder } from "./event-recorder.ts";

const HOST = { id: -7, name: "vm" };
let clock: ManualClock;
let storage: RecordingStorage;
let recorder: EventRecorder;
let oldestWaitingMs: number | null;
let ids: number;

/** Remembers what is written; refuses as told. */
class RecordingStorage implements Sink {
  readonly name = "storage";
  readonly records: SampleRecord[] = [];
  /** The next writes fail with these, in order; `lost`: the record is stored, and the reply lost. */
  failures: ("away" | "refused" | "lost")[] = [];

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async write(record: SampleRecord): Promise<WriteOutcome> {
    const failure = this.failures.shift();
    if (failure === "away") throw new CloudMonitorError("STORE_UNAVAILABLE", "away", { retryable: true });
    if (failure === "refused") throw new CloudMonitorError("STORE_FAILED", "refused");
    if (!this.records.some(({ id }) => id === record.id)) this.records.push(record);
    if (failure === "lost") throw new CloudMonitorError("STORE_UNAVAILABLE", "no reply", { retryable: true });
    return { delivered: record.batch.rows, duplicates: 0, quarantined: 0 };
  }

  /** Words for all events stored. */
  get events(): string[] {
    const events = this.records.flatMap(({ changes }) => changes?.events ?? []);
    return events.map(({ instanceId, status, type }) => (status === null ? type : `${instanceId} ${status}`));
  }
}

beforeEach(async () => {
  clock = new ManualClock();
  storage = new RecordingStorage();
  oldestWaitingMs = null;
  ids = 0;
  recorder = new EventRecorder({
    storage,
    clock,
    newId: () => `events-${++ids}`,
    host: HOST,
    oldestWaitingMs: () => oldestWaitingMs,
  });
  recorder.listener.added([instance(1), instance(2), instance(HOST.id), instance(-99)]);
  await recorder.start();
});

afterEach(async () => {
  await recorder.stop();
  expect(clock.pending).toBe(0);
});

test("rows are written with the events that they show, those of the daemon before them", async () => {
  ready();
  recorder.note("daemon_started", { version: "1.2.3" });

  await write("a", [
    [1, 1],
    [2, 0],
  ]);
  await write("b", [
    [1, 1],
    [2, 0],
  ]);

  expect(storage.records.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(storage.events).toEqual(["daemon_started", "1 up", "2 down"]);
  expect(recorder.stats).toEqual({ stored: 3, dropped: 0 });
});

test("a record that is written again has the same events, whatever happened meanwhile", async () => {
  ready();
  storage.failures = ["lost"];
  await expect(write("a", [[1, 1]])).rejects.toThrow("no reply");
  recorder.note("clock_stepped");

  await write("a", [[1, 1]]);
  await write("b", [[1, 0]]);

  expect(storage.events).toEqual(["1 up", "clock_stepped", "1 down"]);
});

test("the events of a refused record go with the next one", async () => {
  ready();
  storage.failures = ["refused"];
  await expect(write("a", [[1, 0]])).rejects.toThrow("refused");

  await write("b", [[1, 0]]);

  expect(storage.events).toEqual(["1 down"]);
});

test("without rows, events are stored alone after a second", async () => {
  ready();
  recorder.note("thread_replaced", { reason: "hung" });

  await pass(1);

  expect(storage.records).toMatchObject([{ id: "events-1", batch: { rows: 0 } }]);
  expect(storage.events).toEqual(["thread_replaced"]);
});

test("events alone whose reply was lost are stored once, before the next rows", async () => {
  ready();
  recorder.note("thread_replaced");
  storage.failures = ["lost", "away"];
  await pass(1);
  recorder.note("clock_stepped");
  await expect(write("a", [[1, 1]])).rejects.toThrow("away");

  await write("a", [[1, 1]]);

  expect(storage.records.map(({ id }) => id)).toEqual(["events-1", "a"]);
  expect(storage.events).toEqual(["thread_replaced", "clock_stepped", "1 up"]);
});

test("events alone that the storage refuses are dropped and counted", async () => {
  ready();
  recorder.note("thread_replaced");
  storage.failures = ["refused"];

  await pass(2);

  expect(storage.events).toEqual([]);
  expect(recorder.stats).toEqual({ stored: 0, dropped: 1 });
});

test("an instance whose rows stop becomes stale; while rows wait for the storage, it is not known", async () => {
  ready();
  await write("a", [
    [1, 1],
    [2, 1],
  ]);
  oldestWaitingMs = clock.monotonicMs();
  await pass(60);
  const whileAway = [...storage.events];

  oldestWaitingMs = null;
  await write("b", [[1, 1]]);

  expect(whileAway).toEqual(["1 up", "2 up"]);
  expect(storage.events.slice(2)).toEqual(["2 stale"]);
});

test("a suspended process makes no instance stale, nor does a step of the clock, which is an event", async () => {
  ready();
  await write("a", [[1, 1]]);
  clock.freeze(300_000);
  await turns();
  await pass(5);
  clock.stepWall(3_600_000);
  await pass(5);

  expect(storage.events).toEqual(["1 up", "clock_stepped"]);
  expect(storage.records.at(-1)?.changes?.events[0]?.details).toEqual({ stepSeconds: 3600 });
});

test("nothing is written before it knows what is stored", async () => {
  recorder.note("daemon_started");
  await expect(write("a", [[1, 1]])).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await pass(3);
  const before = [...storage.events];
  recorder.restore([{ instanceId: 1, status: "up", atMs: 0 }], allocateBatch(0));

  await write("a", [[1, 1]]);

  expect([before, storage.events]).toEqual([[], ["daemon_started"]]);
});

test("of too many waiting events the oldest are dropped and counted", async () => {
  for (let i = 0; i < 1_003; i++) recorder.note("thread_replaced", { instanceId: i });

  expect([recorder.waiting, recorder.stats.dropped]).toEqual([1_000, 3]);
});

test("stores what waits when it stops", async () => {
  ready();
  recorder.note("daemon_stopped");

  await recorder.stop();

  expect(storage.events).toEqual(["daemon_stopped"]);
});

test("leaves the hosts of other daemons to them", async () => {
  recorder.restore([{ instanceId: -99, status: "up", atMs: 0 }], allocateBatch(0));

  await pass(60);

  expect(storage.events).toEqual([]);
});

function ready(): void {
  recorder.restore([], allocateBatch(0));
}

/** Rows of id and `up`, in the slot of now. */
async function write(id: string, rows: readonly (readonly [number, number])[]): Promise<void> {
  clock.advance(1);
  const batch: Batch = sampleBatch(rows.map(([of, up]) => ({ id: of, timestampMs: clock.wallMs(), values: { up } })));
  await recorder.write({ id, batch }, new AbortController().signal);
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await turns();
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function instance(id: number): Instance {
  return { ...sampleInstance(`instance-${id}`), id, createdAtMs: 0 };
}
