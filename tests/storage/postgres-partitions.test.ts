import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import { batchOf, CONTRACT_RETENTION_MS, write } from "../../packages/core/src/storage/testing/fixtures.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { DAY_MS } from "../../packages/core/src/storage/row-window.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

describe("daily partitions", () => {
  let clock: ManualClock;
  let database: TestDatabase;
  let storage: PostgresStorage;

  beforeEach(async () => {
    clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
    database = await createTestDatabase();
    storage = newPostgresStorage(database.address, { clock });
    await storage.start();
  });
  afterEach(async () => {
    await storage.stop();
    await database.drop();
  });

  test("are created two days ahead", async () => {
    await storage.maintain();

    expect(await partitions("sample")).toEqual(["sample_20261121", "sample_20261122", "sample_20261123"]);
    expect(await partitions("batch_seen")).toHaveLength(3);
    expect(await partitions("quarantine")).toHaveLength(3);
  });

  test("have the keys and indexes of their table", async () => {
    await storage.maintain();

    const indexes = await database.sql<{ indexdef: string }>(
      "select indexdef from pg_indexes where tablename = 'sample_20261121' order by indexname",
    );

    expect(indexes.map(({ indexdef }) => indexdef.replace(/.* USING /, ""))).toEqual([
      "btree (instance_id, ts)",
      expect.stringMatching(/^brin \(ts\)/),
    ]);
  });

  test("are created by the batch that needs them, as far back as the retention", async () => {
    const ts = clock.wallMs();

    const outcome = await write(
      storage,
      "b",
      batchOf([
        { id: 1, ts: ts - CONTRACT_RETENTION_MS },
        { id: 1, ts },
      ]),
    );

    expect(outcome).toMatchObject({ delivered: 2 });
    expect(await partitions("sample")).toEqual(["sample_20261119", "sample_20261121"]);
  });

  test("are dropped when their whole day is past retention, batch ids two days later", async () => {
    await storage.maintain();
    await write(storage, "b", batchOf([{ id: 1, ts: clock.wallMs() }]));

    await maintainAfter(CONTRACT_RETENTION_MS);
    expect(await partitions("sample")).toContain("sample_20261121");
    await maintainAfter(DAY_MS);
    expect(await partitions("sample")).not.toContain("sample_20261121");
    expect(await partitions("batch_seen")).toContain("batch_seen_20261121");
    await maintainAfter(2 * DAY_MS);

    expect(await partitions("batch_seen")).not.toContain("batch_seen_20261121");
    expect(await tables("sample_20261121")).toEqual([]);
  });

  test("whose drop was cut short are dropped the next time", async () => {
    await storage.maintain();
    await write(storage, "b", batchOf([{ id: 1, ts: clock.wallMs() }]));
    await database.sql("alter table sample detach partition sample_20261121");

    await maintainAfter(5 * DAY_MS);

    expect(await tables("sample_20261121")).toEqual([]);
  });

  test("that were detached manually are attached again by the next batch of their day, with their rows", async () => {
    await write(storage, "a", batchOf([{ id: 1, ts: clock.wallMs() }]));
    await database.sql("alter table sample detach partition sample_20261121");

    const outcome = await write(
      storage,
      "b",
      batchOf([
        { id: 1, ts: clock.wallMs() },
        { id: 2, ts: clock.wallMs() },
      ]),
    );

    expect(outcome).toEqual({ delivered: 1, duplicates: 1, quarantined: 0 });
    expect(await partitions("sample")).toEqual(["sample_20261121"]);
  });

  test("that were dropped manually are created again", async () => {
    await write(storage, "a", batchOf([{ id: 1, ts: clock.wallMs() }]));
    await database.sql("drop table sample_20261121");

    expect(await write(storage, "b", batchOf([{ id: 1, ts: clock.wallMs() }]))).toMatchObject({ delivered: 1 });
  });

  test("are created and dropped once by daemons that maintain and write concurrently", async () => {
    const others = [1, 2, 3].map(() => newPostgresStorage(database.address, { clock }));
    await Promise.all(others.map((other) => other.start()));
    const ts = clock.wallMs();

    await Promise.all(others.map((other) => other.maintain()));
    const outcomes = await Promise.all(others.map((other, id) => write(other, `b${id}`, batchOf([{ id, ts }]))));
    await Promise.all(others.map((other) => other.maintain()));

    expect(outcomes.map((outcome) => outcome.delivered)).toEqual([1, 1, 1]);
    expect(await partitions("sample")).toEqual(["sample_20261121", "sample_20261122", "sample_20261123"]);
    await Promise.all(others.map((other) => other.stop()));
  });

  test("of the same batch sent twice concurrently have it once", async () => {
    const batch = batchOf(Array.from({ length: 2000 }, (_, id) => ({ id, ts: clock.wallMs(), load1: id })));

    const outcomes = await Promise.all([write(storage, "same", batch), write(storage, "same", batch)]);

    expect(outcomes.map((outcome) => outcome.delivered).sort((a, b) => a - b)).toEqual([0, 2000]);
  });

  test("accept no row outside their time range: it is quarantined with its values", async () => {
    const old = clock.wallMs() - 30 * DAY_MS;

    await write(
      storage,
      "b",
      batchOf([
        { id: 7, ts: old, load1: 1.5, load5: Infinity },
        { id: 8, ts: Number.NaN },
      ]),
    );

    const rows = await database.sql("select batch_id, instance_id, timestamp_ms, metrics from quarantine order by 2");
    expect(rows).toEqual([
      { batch_id: "b", instance_id: 7, timestamp_ms: old, metrics: { load1: 1.5 } },
      { batch_id: "b", instance_id: 8, timestamp_ms: null, metrics: {} },
    ]);
  });

  test("hold unknown values as null", async () => {
    await write(storage, "b", batchOf([{ id: 1, ts: clock.wallMs(), load1: -0, up: 1 }]));

    const rows = await database.sql("select up, load1::text, load5, uptime_seconds, ts from sample");

    expect(rows).toEqual([{ up: 1, load1: "-0", load5: null, uptime_seconds: null, ts: new Date(clock.wallMs()) }]);
  });

  async function maintainAfter(ms: number): Promise<void> {
    clock.advance(ms);
    await storage.maintain();
  }

  async function partitions(table: string): Promise<readonly string[]> {
    const rows = await database.sql<{ name: string }>(
      "select relname as name from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = $1::regclass order by 1",
      [table],
    );
    return rows.map((row) => row.name);
  }

  async function tables(name: string): Promise<readonly unknown[]> {
    return database.sql("select from pg_class where relname = $1", [name]);
  }
});
