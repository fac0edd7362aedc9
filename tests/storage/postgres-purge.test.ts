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

const MINUTE_MS = 60_000;

describe("deleted instances", () => {
  let clock: ManualClock;
  let database: TestDatabase;
  let storage: PostgresStorage;

  beforeEach(async () => {
    clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
    database = await createTestDatabase();
    await boot();
  });
  afterEach(async () => {
    await storage.stop();
    await database.drop();
  });

  async function boot(): Promise<void> {
    storage = newPostgresStorage(database.address, { clock });
    await storage.start();
    await storage.maintain();
  }

  async function maintainAfter(ms: number): Promise<void> {
    clock.advance(ms);
    await storage.maintain();
  }

  async function create(...names: string[]): Promise<readonly number[]> {
    const created = await storage.instances.create(names.map((name) => newInstance(name)));
    return created.map(({ id }) => id);
  }

  async function storedIds(): Promise<readonly number[]> {
    const rows = await database.sql<{ id: number }>("select id from instance order by id");
    return rows.map(({ id }) => id);
  }

  test("are purged when their history is past retention, not before, and the living are not", async () => {
    const [living, deleted] = await create("living", "deleted");
    await write(storage, "b", batchOf([living!, deleted!].map((id) => ({ id, ts: clock.wallMs() }))));
    await storage.instances.remove([deleted!]);

    await maintainAfter(CONTRACT_RETENTION_MS);
    const before = await storedIds();
    await maintainAfter(DAY_MS);

    expect(before).toEqual([living, deleted]);
    expect(await storedIds()).toEqual([living]);
  });

  test("that never had a row are purged within minutes", async () => {
    const [first, second] = await create("first", "second");
    await write(storage, "b", batchOf([{ id: second!, ts: clock.wallMs() }]));
    await storage.instances.remove([first!, second!]);

    await maintainAfter(9 * MINUTE_MS);
    const before = await storedIds();
    await maintainAfter(2 * MINUTE_MS);

    expect(before).toEqual([first, second]);
    expect(await storedIds()).toEqual([second]);
  });

  test("are not purged with their history by a clock that is wrong", async () => {
    const [deleted] = await create("deleted");
    await write(storage, "b", batchOf([{ id: deleted!, ts: clock.wallMs() }]));
    await storage.instances.remove([deleted!]);
    clock.stepWall(30 * DAY_MS);

    await maintainAfter(MINUTE_MS);

    expect(await storedIds()).toEqual([deleted]);
  });

  test("never have their ids reused, even when all are purged and the daemon restarts", async () => {
    const ids = await create("one", "two", "three");
    await storage.instances.remove(ids);
    await maintainAfter(CONTRACT_RETENTION_MS + DAY_MS);
    const purged = await storedIds();
    await storage.stop();
    await boot();

    expect(purged).toEqual([]);
    expect(await create("one")).toEqual([4]);
  });

  test("left by a loop of creations are purged some thousands at a time, each looked at once", async () => {
    const ids = await create(...Array.from({ length: 25_000 }, (_, index) => `loop-${index}`));
    await write(storage, "b", batchOf(ids.slice(0, 12_000).map((id) => ({ id, ts: clock.wallMs() }))));
    await storage.instances.remove(ids);

    const left: number[] = [];
    clock.advance(11 * MINUTE_MS);
    for (let round = 0; round < 4; round++) {
      await storage.maintain();
      left.push((await storedIds()).length);
    }
    clock.advance(CONTRACT_RETENTION_MS + DAY_MS);
    for (let round = 0; round < 2; round++) await storage.maintain();

    expect(left).toEqual([25_000, 17_000, 12_000, 12_000]);
    expect(await storedIds()).toEqual([]);
  });
});
