import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Instance } from "@cloud-monitor/client";
import { hashNumber } from "../../packages/core/src/model/hash.ts";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { addFleet, rowAccountOf } from "../support/fleet.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { storedRows } from "../support/stored-rows.ts";
import type { StoredRows } from "../support/stored-rows.ts";

const THREADS = 2;
const FLEET = 100;
const CULPRIT = 50;
/** By then a changed instance is usually back in its shard; the maximum cost of a fault is the same in both cases. */
const BACK_HOME_MS = 3_000;

let database: TestDatabase;
let daemon: TestDaemon;
/** Every instance has a row between this time and the fault, so that a gap has a start. */
let sinceMs: number;
/** While the threads are starting, an instance may still be queued for its first collection when its slot comes. */
let missedAtStart: number;

beforeEach(async () => {
  database = await createTestDatabase();
  daemon = new TestDaemon({
    env: {
      DATABASE_URL: database.url,
      DEFAULT_INTERVAL: "1",
      CLOUD_MONITOR_SHARDS_THREADS: String(THREADS),
      CLOUD_MONITOR_SHARDS_HEAP_MAX: "64MiB",
    },
  });
  await addFleet(daemon, FLEET);
  sinceMs = Date.now() - 1_050;
  missedAtStart = await missed();
});

afterEach(async () => {
  await daemon.dispose();
  await database.drop();
});

function missed(): Promise<number> {
  return daemon.metric("cloud_monitor_collections_missed_total");
}

/** `at`: when it begins; without it, it begins while the changed instance is on trial. */
async function commit(fault: "hang" | "throw" | "exhaust", at?: number): Promise<void> {
  const simulation = { fault, ...(at === undefined ? {} : { at: new Date(at).toISOString() }) };
  const answer = await daemon.send("PATCH", `/instances/${CULPRIT}`, { simulation });
  expect(answer.status).toBe(200);
}

function culprit(isAs: (instance: Instance) => boolean): Promise<Instance> {
  return eventually(() => daemon.json<Instance>(`/instances/${CULPRIT}`), isAs);
}

/** Waits until every instance has had `seconds` more slots. */
async function goOn(seconds: number): Promise<void> {
  const before = await daemon.metric("cloud_monitor_rows_collected_total");
  await eventually(
    () => daemon.metric("cloud_monitor_rows_collected_total"),
    (rows) => rows >= before + FLEET * seconds,
  );
}

interface Outcome {
  readonly replacedHung: number;
  readonly replacedCrashed: number;
  readonly missedCounted: number;
  readonly code: number | null;
  readonly stopMs: number;
  readonly culprit: StoredRows;
  readonly neighbours: readonly StoredRows[];
  readonly others: readonly StoredRows[];
}

/** Reads the counters, stops the daemon (which stores waiting rows), and reads the rows. */
async function outcome(): Promise<Outcome> {
  const replaced = (reason: string) => daemon.metric("cloud_monitor_thread_replacements_total", `reason="${reason}"`);
  const counters = {
    replacedHung: await replaced("hung"),
    replacedCrashed: await replaced("crashed"),
    missedCounted: (await missed()) - missedAtStart,
  };
  expect((await rowAccountOf(daemon)).residual).toBe(0);
  const stoppingMs = Date.now();
  const { code } = await daemon.stop();
  const stopMs = Date.now() - stoppingMs;
  const rows = await storedRows(database, sinceMs);
  const shardOf = (id: number) => hashNumber(id) % THREADS;
  return {
    ...counters,
    code,
    stopMs,
    culprit: rows.find(({ id }) => id === CULPRIT)!,
    neighbours: rows.filter(({ id }) => id !== CULPRIT && shardOf(id) === shardOf(CULPRIT)),
    others: rows.filter(({ id }) => shardOf(id) !== shardOf(CULPRIT)),
  };
}

function missedBy(rows: readonly StoredRows[]): number {
  return rows.reduce((sum, { missed }) => sum + missed, 0);
}

describe(`one of ${FLEET} instances in ${THREADS} threads`, () => {
  test("that hangs costs the rest of its shard at most two intervals, and recovers when it is changed", async () => {
    await commit("hang", Date.now() + BACK_HOME_MS);

    const down = await culprit(({ status }) => status === "down");
    await goOn(3);
    await daemon.send("PATCH", `/instances/${CULPRIT}`, { simulation: null });
    const patchedMs = Date.now();
    const healed = await culprit(({ status }) => status === "up");
    const healedAfterMs = Date.now() - patchedMs;
    await goOn(1);
    const seen = await outcome();

    expect(down).toMatchObject({ status: "down", reason: "hung" });
    expect(healed.reason).toBeNull();
    // Its back-off would have lasted longer.
    expect(healedAfterMs).toBeLessThan(10_000);
    expect(seen).toMatchObject({ code: 0, replacedHung: 1, replacedCrashed: 0 });
    // It was collected at once at each change, unless its slot came first; of its slots while its thread hung only the latest counts.
    expect(seen.culprit.extra).toBeLessThanOrEqual(2);
    expect(seen.culprit.missed).toBeLessThanOrEqual(2);
    expect(seen.neighbours.length).toBeGreaterThan(30);
    for (const { missed, extra } of seen.neighbours) {
      expect(missed).toBeLessThanOrEqual(2);
      expect(extra).toBe(0);
    }
    expect(missedBy(seen.others)).toBe(0);
    expect(missedBy([seen.culprit, ...seen.neighbours])).toBe(seen.missedCounted);
  });

  test("that is changed into one that hangs affects no other", async () => {
    await commit("hang");

    const down = await culprit(({ status }) => status === "down");
    await goOn(2);
    const seen = await outcome();
    const lines = daemon.stdout.split("\n").filter((one) => one.includes("collector thread replaced"));

    expect(down).toMatchObject({ status: "down", reason: "hung" });
    expect(seen).toMatchObject({ code: 0, replacedHung: 1, replacedCrashed: 0 });
    expect(missedBy([...seen.neighbours, ...seen.others])).toBe(0);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ shard: "trial", reason: "hung", instanceId: CULPRIT }),
    ]);
  });

  test("that throws affects no other", async () => {
    await commit("throw");

    const down = await culprit(({ status }) => status === "down");
    await goOn(2);
    const [{ failures }] = (await database.sql<{ failures: number }>(
      "select count(*)::int as failures from sample where up = 0 and cpu_usage_percent is null and instance_id = $1",
      [CULPRIT],
    )) as [{ failures: number }];
    const failed = await daemon.metric("cloud_monitor_collections_failed_total", 'reason="failed"');
    const seen = await outcome();

    expect(down).toMatchObject({ status: "down", reason: "failed" });
    expect(failures).toBeGreaterThanOrEqual(2);
    expect(failed).toBeGreaterThanOrEqual(failures);
    expect(seen).toMatchObject({ code: 0, replacedHung: 0, replacedCrashed: 0, missedCounted: 0 });
    expect(missedBy([seen.culprit, ...seen.neighbours, ...seen.others])).toBe(0);
  });

  test("that exhausts its thread's memory costs the rest of its shard at most two intervals; the thread is back at once", async () => {
    const beganMs = Date.now() + BACK_HOME_MS;
    await commit("exhaust", beganMs);

    const down = await culprit(({ status }) => status === "down");
    await eventually(
      () => daemon.metric("cloud_monitor_threads_running"),
      (running) => running === THREADS,
    );
    const runningMs = Date.now();
    await goOn(2);
    const seen = await outcome();
    const line = daemon.stdout.split("\n").find((one) => one.includes("collector thread replaced"))!;
    const { timestamp, ...facts } = JSON.parse(line) as { timestamp: string; reason: string; instanceId: number };

    expect(down).toMatchObject({ status: "down", reason: "crashed" });
    expect(facts).toMatchObject({ reason: "crashed", instanceId: CULPRIT });
    expect(runningMs - Date.parse(timestamp)).toBeLessThan(10_000);
    // On a busy machine, filling the heap takes seconds instead of a tenth of one: then as many slots pass meanwhile.
    const filledMs = Date.parse(timestamp) - beganMs;
    expect(filledMs).toBeLessThan(10_000);
    expect(seen).toMatchObject({ code: 0, replacedHung: 0, replacedCrashed: 1 });
    expect(seen.culprit.extra).toBeLessThanOrEqual(1);
    // The first second is the wait for its slot.
    const slots = 2 + Math.floor(Math.max(0, filledMs - 1_000) / 1_000);
    expect(Math.max(...seen.neighbours.map(({ missed }) => missed))).toBeLessThanOrEqual(slots);
    expect(missedBy(seen.others)).toBe(0);
    expect(missedBy([seen.culprit, ...seen.neighbours])).toBe(seen.missedCounted);
  });

  test("that hangs does not hold up a stop", async () => {
    // A new instance is collected at once: its thread hangs by the time of this response, or shortly after.
    await daemon.send("POST", "/instances", { name: "hangs", ip: "10.0.0.1", simulation: { fault: "hang" } });

    const seen = await outcome();

    expect(seen.code).toBe(0);
    expect(seen.stopMs).toBeLessThan(10_000);
    expect(daemon.stdout).toContain('"message":"stopped"');
  });
});
