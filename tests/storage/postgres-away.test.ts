import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import { batchOf, newInstance, write } from "../../packages/core/src/storage/testing/fixtures.ts";
import { openPool } from "../../packages/core/src/storage/postgres/pool.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { PostgresServer } from "../support/postgres-server.ts";

const AWAY = { code: "STORE_UNAVAILABLE", retryable: true };
const now = new ManualClock().wallMs();

describe("while the database is unavailable", () => {
  let server: PostgresServer;
  let storage: PostgresStorage;

  beforeAll(async () => {
    server = await PostgresServer.create();
  });
  afterAll(async () => {
    await server.dispose();
  });
  beforeEach(async () => {
    await server.stop();
    await server.start();
    storage = newPostgresStorage(server.address("postgres"));
  });
  afterEach(async () => {
    await storage.stop();
  });

  test.each(["SIGINT", "SIGQUIT"] as const)(
    "calls ask to come again, and work again when it is back (%s)",
    async (signal) => {
      await storage.start();
      await write(storage, `before-${signal}`, batchOf([]));

      await server.stop(signal);
      await expect(write(storage, signal, batchOf([{ id: 1, ts: now }]))).rejects.toMatchObject(AWAY);
      await expect(storage.instances.create([newInstance(signal)])).rejects.toMatchObject(AWAY);
      expect(storage.stats.available).toBe(false);
      expect(storage.stats.unavailableReason).toContain("the database is unavailable");
      await server.start();

      expect(await storage.instances.create([newInstance(signal)])).toHaveLength(1);
      expect(storage.stats).toMatchObject({ available: true, unavailableReason: null });
    },
  );

  test("a start fails, and succeeds later on the same object", async () => {
    await server.stop();
    await expect(storage.start()).rejects.toMatchObject(AWAY);
    await expect(storage.instances.load()).rejects.toMatchObject(AWAY);
    await server.start();

    await storage.start();

    expect(storage.stats.available).toBe(true);
  });

  test("connections terminated by the administrator cost at most one call", async () => {
    await storage.start();
    await Promise.all([1, 2, 3].map(() => storage.instances.load()));

    await endAllSessions(server);
    const first = await storage.instances.load().catch((error: unknown) => error);

    expect(Array.isArray(first) ? AWAY : first).toMatchObject(AWAY);
    await expect(storage.instances.load()).resolves.toEqual(expect.any(Array));
  });

  test("a server that restarts at another address is found", async () => {
    const elsewhere = await PostgresServer.create();
    let current = server;
    const moving = newPostgresStorage(server.address("postgres"), {
      resolveAddress: async () => current.address("postgres"),
    });
    const there = newPostgresStorage(elsewhere.address("postgres"));
    await there.start();
    await there.instances.create([newInstance("only there")]);
    await moving.start();
    await moving.instances.load();

    await server.stop();
    current = elsewhere;
    await expect(moving.instances.load()).rejects.toMatchObject(AWAY);
    const loaded = await moving.instances.load();

    expect(loaded.map((instance) => instance.name)).toEqual(["only there"]);
    await Promise.all([moving.stop(), there.stop()]);
    await elsewhere.dispose();
  });
});

async function endAllSessions(server: PostgresServer): Promise<void> {
  const address = server.address("postgres");
  const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
  const ended = await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename is not null",
  );
  expect(ended.rowCount).toBeGreaterThan(0);
  await pool.end();
}
