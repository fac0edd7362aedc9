import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { NewEvent, StoredEvent } from "../../packages/core/src/model/event.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import {
  batchOf,
  CONTRACT_EVENTS_RETENTION_MS,
  newInstance,
  row,
} from "../../packages/core/src/storage/testing/fixtures.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let clock: ManualClock;
let storage: PostgresStorage;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

beforeEach(async () => {
  clock = new ManualClock();
  storage = newPostgresStorage(database.address, { clock });
  await storage.start();
  await storage.maintain();
  await database.sql("truncate event, unwatched");
});

afterEach(() => storage.stop());

let records = 0;

async function store(to: PostgresStorage, ...events: readonly NewEvent[]): Promise<void> {
  await to.write({ id: `record-${++records}`, batch: batchOf([]), changes: { events, unwatched: [] } });
}

function event(instanceId: number, atMs: number, type: NewEvent["type"] = "status"): NewEvent {
  const status = type === "status" ? "up" : null;
  return { atMs, type, instanceId, instanceName: `i-${instanceId}`, status, reason: null, details: null };
}

async function storedTimes(): Promise<readonly [number, string, number][]> {
  const rows = await database.sql<{ instance_id: number; type: string; at: Date }>(
    "select instance_id, type, at from event order by event.id",
  );
  return rows.map(({ at, instance_id, type }) => [instance_id, type, at.getTime()]);
}

describe("events past retention", () => {
  test("are deleted, except the last status of an instance that exists", async () => {
    const [one, two] = await storage.instances.create([newInstance("one"), newInstance("two")]);
    await storage.instances.remove([two!.id]);
    await database.sql("truncate event");
    const oldMs = clock.wallMs() - CONTRACT_EVENTS_RETENTION_MS - HOUR_MS;
    const youngMs = oldMs + 2 * HOUR_MS;
    await store(
      storage,
      event(one!.id, oldMs - 1),
      event(one!.id, oldMs, "instance_changed"),
      event(one!.id, oldMs),
      event(two!.id, oldMs),
      event(two!.id, youngMs),
      event(-1, youngMs, "daemon_started"),
    );
    const unwatched = [
      { instanceId: 1, fromMs: oldMs - 5, toMs: oldMs },
      { instanceId: 1, fromMs: oldMs, toMs: youngMs },
    ];
    await storage.write({ id: "unwatched", batch: batchOf([]), changes: { events: [], unwatched } });

    await storage.maintain();

    expect(await storedTimes()).toEqual([
      [one!.id, "status", oldMs],
      [two!.id, "status", youngMs],
      [-1, "daemon_started", youngMs],
    ]);
    expect(await database.sql("select from unwatched")).toHaveLength(1);
  });

  test("stay while the clock cannot be trusted", async () => {
    await store(storage, event(-1, clock.wallMs(), "daemon_started"));
    clock.stepWall(2 * CONTRACT_EVENTS_RETENTION_MS);

    await storage.maintain();

    expect(await storedTimes()).toHaveLength(1);
  });
});

describe("events of several daemons on one database", () => {
  test("are seen in the order of their ids, without a gap that is filled later", async () => {
    const others = [1, 2, 3].map(() => newPostgresStorage(database.address, { clock }));
    await Promise.all(others.map((other) => other.start()));
    const firstId = await storage.events.lastId();
    const seen: StoredEvent[] = [];
    const total = others.length * 40;
    const write = async (other: PostgresStorage) => {
      for (let i = 0; i < 20; i++) await store(other, event(1, clock.wallMs()), event(2, clock.wallMs()));
    };
    const writing = Promise.all(others.map(write));
    while (seen.length < total) seen.push(...(await storage.events.after(seen.at(-1)?.id ?? firstId, 7)));
    await writing;
    await Promise.all(others.map((other) => other.stop()));

    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: total }, (_, i) => firstId + i + 1));
  });
});

test("a record whose rows are refused leaves no event", async () => {
  const unstorable = { ...event(1, clock.wallMs()), instanceName: "\u0000" };
  const changes = { events: [unstorable], unwatched: [] };
  const batch = batchOf([row(1, clock.wallMs())]);

  await expect(storage.write({ id: "refused", batch, changes })).rejects.toMatchObject({ retryable: false });

  expect(await storedTimes()).toEqual([]);
  expect(await database.sql("select from sample")).toEqual([]);
});
