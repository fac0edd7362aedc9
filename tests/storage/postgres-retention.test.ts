import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import {
  batchOf,
  CONTRACT_RETENTION_MS,
  newInstance,
  write,
} from "../../packages/core/src/storage/testing/fixtures.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { DAY_MS } from "../../packages/core/src/storage/row-window.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { RecordedLogger } from "../support/recorded-logger.ts";

const HOUR_MS = 3_600_000;

let clock: ManualClock;
let database: TestDatabase;
let storage: PostgresStorage;
let log: RecordedLogger;
let batches: number;

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
  database = await createTestDatabase();
  batches = 0;
  await boot();
});
afterEach(async () => {
  await storage.stop();
  await database.drop();
});

/** A restart of a daemon on the database: the state of its process is lost. */
async function boot(): Promise<void> {
  log = new RecordedLogger();
  storage = newPostgresStorage(database.address, { clock, logger: log });
  await storage.start();
  await storage.maintain();
}

async function restart(): Promise<void> {
  await storage.stop();
  await boot();
}

/** The daemon continues: it stores a row and does maintenance once in `everyMs`. */
async function run(ms: number, everyMs = HOUR_MS): Promise<void> {
  for (let left = ms; left > 0; left -= everyMs) {
    clock.advance(Math.min(left, everyMs));
    await write(storage, `batch-${++batches}`, batchOf([{ id: 1, ts: clock.wallMs() }]));
    await storage.maintain();
  }
}

async function rows(): Promise<number> {
  const [counted] = await database.sql<{ rows: number }>("select count(*)::int as rows from sample");
  return counted!.rows;
}

async function partitions(table = "sample"): Promise<readonly string[]> {
  const found = await database.sql<{ name: string }>(
    "select relname as name from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = $1::regclass order by 1",
    [table],
  );
  return found.map(({ name }) => name);
}

async function oldestRow(): Promise<number> {
  const [found] = await database.sql<{ ts: Date }>("select min(ts) as ts from sample");
  return found!.ts.getTime();
}

describe("a clock that is wrong deletes nothing:", () => {
  test("a start 3 days ahead, for ten seconds, and a start with the right time after it", async () => {
    await run(3 * HOUR_MS);
    clock.stepWall(3 * DAY_MS);
    await restart();
    await run(10_000);
    clock.stepWall(-3 * DAY_MS);
    await restart();
    await run(10_000);

    expect(await rows()).toBe(5);
    expect(log.messagesOf("warn")).toEqual([
      expect.stringContaining("partition dropping suspended for one retention period"),
    ]);
  });

  test("a step of 60 days while the daemon runs, and back: batch ids and quarantined rows stay as well", async () => {
    await write(storage, "far", batchOf([{ id: 7, ts: 0 }]));
    await run(HOUR_MS);
    clock.stepWall(60 * DAY_MS);
    await run(HOUR_MS);
    const replayed = await write(storage, "far", batchOf([{ id: 7, ts: 0 }]));
    clock.stepWall(-60 * DAY_MS);
    await run(HOUR_MS);

    expect(replayed).toMatchObject({ duplicates: 1, quarantined: 0 });
    expect(await rows()).toBe(3);
    expect(await database.sql("select from quarantine where instance_id = 7")).toHaveLength(1);
  });

  test("a start after five days without a daemon keeps everything for one retention period of run time, then drops old data", async () => {
    await run(3 * HOUR_MS);
    await storage.stop();
    clock.advance(5 * DAY_MS);
    await boot();
    await run(CONTRACT_RETENTION_MS - HOUR_MS, 47 * HOUR_MS);
    const during = await rows();
    await run(2 * HOUR_MS);

    expect(during).toBe(4);
    expect(await rows()).toBe(3);
  });

  test("rows of a retention period are kept when a database is upgraded by a start under a wrong clock", async () => {
    await run(3 * HOUR_MS);
    await database.sql("delete from retention_clock");
    clock.stepWall(30 * DAY_MS);
    await restart();
    await run(HOUR_MS);

    expect(await rows()).toBe(4);
  });

  test("a database whose rows go on until now is upgraded without a wait", async () => {
    await run(CONTRACT_RETENTION_MS + DAY_MS, DAY_MS);
    await database.sql("delete from retention_clock");
    await restart();

    expect(storage.stats.retentionHoldSeconds).toBe(0);
  });
});

describe("a clock that the database server's contradicts", () => {
  test.each(["while the daemon runs", "before its next start"])(
    "and that is set right %s costs no row",
    async (when) => {
      const databaseNow = async () => clock.wallMs();
      const wrongClock = new ManualClock(clock.wallMs() - 3 * DAY_MS);
      let wrong = newPostgresStorage(database.address, { clock: wrongClock, databaseNow });
      await wrong.start();
      await wrong.maintain();
      await write(wrong, "behind", batchOf([{ id: 1, ts: wrongClock.wallMs() }]));
      await wrong.maintain();

      wrongClock.stepWall(3 * DAY_MS);
      if (when === "before its next start") {
        await wrong.stop();
        wrong = newPostgresStorage(database.address, { clock: wrongClock, databaseNow });
        await wrong.start();
      }
      await wrong.maintain();
      const kept = await rows();
      await wrong.stop();
      await run(CONTRACT_RETENTION_MS + 2 * HOUR_MS);

      expect(kept).toBe(1);
      expect(await oldestRow()).toBeGreaterThan(clock.wallMs() - CONTRACT_RETENTION_MS - DAY_MS);
    },
  );
});

describe("several daemons on one database:", () => {
  test("one whose clock differs from the database's drops nothing and does not affect others", async () => {
    await run(CONTRACT_RETENTION_MS + DAY_MS - HOUR_MS, DAY_MS / 2);
    const before = await rows();
    const databaseNow = async () => clock.wallMs();
    const wrongClock = new ManualClock(clock.wallMs() + 30 * DAY_MS);
    const otherLog = new RecordedLogger();
    const wrong = newPostgresStorage(database.address, { clock: wrongClock, databaseNow, logger: otherLog });
    await wrong.start();

    await wrong.maintain();
    await wrong.maintain();
    const after = await rows();
    await run(DAY_MS, DAY_MS / 2);
    await wrong.stop();

    expect(after).toBe(before);
    expect(otherLog.messagesOf("warn")).toEqual([
      expect.stringContaining("clocks of this machine and the database server differ"),
    ]);
    expect(await oldestRow()).toBeGreaterThan(clock.wallMs() - CONTRACT_RETENTION_MS - DAY_MS);
  });
});

describe("a right clock:", () => {
  test("drops a backlog of 100 days a few partitions at a time, oldest first, each with a log line", async () => {
    await addDays(10, 109);
    const before = await partitions();

    await storage.maintain();
    const once = await partitions();
    for (let round = 0; round < 20; round++) await storage.maintain();

    expect(before.length - once.length).toBeGreaterThan(0);
    expect(before.length - once.length).toBeLessThanOrEqual(10);
    expect(once).toEqual(before.slice(before.length - once.length));
    expect(await partitions()).toEqual(["sample_20261121", "sample_20261122", "sample_20261123"]);
    expect(log.fieldsOf("partition dropped")).toHaveLength(100);
    expect(log.fieldsOf("partition dropped")[0]).toMatchObject({
      table: "sample",
      partition: before[0],
      ageDays: 109,
      bytes: expect.any(Number),
    });
    expect(storage.stats.partitionsDropped).toMatchObject({ sample: 100 });
  });

  test("drops the others although one partition is locked", async () => {
    await addDays(10, 12);
    const [oldest] = await partitions();

    await database.holding(`lock table ${oldest!} in access exclusive mode`, () => storage.maintain());
    const left = await partitions();
    await storage.maintain();

    expect(left).toEqual([oldest, "sample_20261121", "sample_20261122", "sample_20261123"]);
    expect(await partitions()).not.toContain(oldest);
  });

  test("drops at once when an administrator says that it is right", async () => {
    await run(3 * HOUR_MS);
    clock.stepWall(30 * DAY_MS);
    await run(HOUR_MS);
    expect(storage.stats.retentionHoldSeconds).toBe(CONTRACT_RETENTION_MS / 1000);

    await database.sql("update retention_clock set disturbed_at_run_ms = null, current_until_run_ms = '{}'");
    await run(HOUR_MS);

    expect(await rows()).toBe(2);
    expect(storage.stats.retentionHoldSeconds).toBe(0);
  });
});

describe("partitions of the far future, created under a wrong clock:", () => {
  test("with rows are reported once and kept, empty ones are dropped; later rows are not hidden by them", async () => {
    await run(HOUR_MS);
    clock.stepWall(30 * DAY_MS);
    await run(HOUR_MS);
    clock.stepWall(-30 * DAY_MS);
    await run(HOUR_MS);
    await storage.instances.create([newInstance("one")]);
    await run(3 * DAY_MS, DAY_MS);
    const ahead = (await partitions()).filter((name) => name > "sample_20261201");
    const latest = await storage.latest(clock.wallMs() - CONTRACT_RETENTION_MS);

    expect(ahead).toEqual(["sample_20261221"]);
    expect(log.fieldsOf("partition in the future").map(({ table }) => table)).toEqual(["sample", "batch_seen"]);
    expect([...latest.timestamps]).toEqual([clock.wallMs()]);
  });

  test("go like others once they are past retention by the right clock", async () => {
    await run(HOUR_MS);
    clock.stepWall(5 * DAY_MS);
    await run(HOUR_MS);
    clock.stepWall(-5 * DAY_MS);
    await run(10 * DAY_MS, DAY_MS);

    expect(await oldestRow()).toBeGreaterThan(clock.wallMs() - CONTRACT_RETENTION_MS - DAY_MS);
  });
});

/** Partitions of this number of past days, each with a row. */
async function addDays(first: number, last: number): Promise<void> {
  const today = new Date(clock.wallMs()).toISOString();
  await database.sql(`do $$ declare midnight timestamptz; begin
    for ago in ${first}..${last} loop
      midnight := date_trunc('day', timestamptz '${today}' - ago * interval '1 day', 'UTC');
      execute format('create table sample_%s partition of sample for values from (%L) to (%L)',
        to_char(midnight at time zone 'UTC', 'YYYYMMDD'), midnight, midnight + interval '1 day');
      insert into sample (instance_id, ts) values (1, midnight);
    end loop;
  end $$`);
}
