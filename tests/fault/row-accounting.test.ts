import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Health } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { addFleet, rowAccountOf, removeFleet } from "../support/fleet.ts";
import { createTestDatabase, querying } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { storedRows } from "../support/stored-rows.ts";

const FLEET = 500;

let folder: string;
/** Stopped in reverse order, also after a failure: a remaining process would keep jest from exiting. */
const started: { dispose(): Promise<unknown> }[] = [];

/** Its own host is collected only once: all further rows are those of the fleet. */
function start(url: string, env: Readonly<Record<string, string>> = {}): TestDaemon {
  const daemon = new TestDaemon({
    env: { DATABASE_URL: url, DEFAULT_INTERVAL: "3600", ...env },
    stateDir: join(folder, "var"),
  });
  started.push(daemon);
  return daemon;
}

async function startServer(): Promise<PostgresServer> {
  const server = await PostgresServer.create();
  started.push(server);
  return server;
}

async function startDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  started.push({ dispose: () => database.drop() });
  return database;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-rows-"));
});

afterEach(async () => {
  for (const one of started.splice(0).toReversed()) await one.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function countRows(database: Pick<TestDatabase, "sql">): Promise<number> {
  const [counted] = await database.sql<{ rows: number }>("select count(*)::int as rows from sample");
  return counted!.rows;
}

/** Terminates all other sessions of a database. */
async function endSessions(database: TestDatabase): Promise<number> {
  const ended = await database.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return ended.length;
}

describe("every row is accounted for", () => {
  test("when the queue is too small for an outage: the oldest rows are dropped, counted and reported", async () => {
    const server = await startServer();
    const database = querying(server.url("postgres"));
    const daemon = start(server.url("postgres"), { CLOUD_MONITOR_STORAGE_QUEUE_ROWS_MAX: "1000" });
    await addFleet(daemon, FLEET);

    await server.stop();
    await eventually(
      () => daemon.metric("cloud_monitor_rows_dropped_total", 'reason="queue_full"'),
      (rows) => rows > FLEET,
    );
    const full = await rowAccountOf(daemon);
    const health = await daemon.json<Health>("/health");
    await server.start();
    await eventually(
      () => daemon.fetch("/-/ready"),
      ({ status }) => status === 200,
    );
    await removeFleet(daemon);
    const account = await eventually(
      () => rowAccountOf(daemon),
      ({ spooled }) => spooled === 0,
    );
    const rows = await countRows(database);

    expect(full.spooled).toBeLessThanOrEqual(1_000);
    expect(full.residual).toBe(0);
    expect(health.status).toBe("degraded");
    expect(health.problems.join("\n")).toMatch(/\d+ samples were dropped/);
    expect(account).toMatchObject({ residual: 0, quarantined: 0 });
    expect(rows).toBe(account.stored);
    expect(rows + account.dropped).toBe(account.collected);
  });

  test("when connections are lost in the middle of writes: each row is stored once", async () => {
    const database = await startDatabase();
    const daemon = start(database.url);
    await addFleet(daemon, FLEET);
    const before = await rowAccountOf(daemon);

    let ended = 0;
    await eventually(async () => {
      ended += await endSessions(database);
      return ended > 5 && (await rowAccountOf(daemon)).collected >= before.collected + 4 * FLEET;
    });
    await eventually(
      async () => ({ ready: (await daemon.fetch("/-/ready")).status, ...(await rowAccountOf(daemon)) }),
      ({ ready, spooled }) => ready === 200 && spooled <= FLEET,
    );
    await eventually(
      () => removeFleet(daemon).catch(String),
      (failure) => failure === undefined,
    );
    const account = await eventually(
      () => rowAccountOf(daemon),
      ({ spooled }) => spooled === 0,
    );
    const rows = await countRows(database);
    const fleet = (await storedRows(database)).filter(({ id }) => id > 0);
    const missed = await daemon.metric("cloud_monitor_collections_missed_total");

    expect(fleet).toHaveLength(FLEET);
    // A machine that is too busy misses slots, and counts them: nothing else may be missing.
    expect(fleet.reduce((sum, one) => sum + one.missed, 0)).toBeLessThanOrEqual(missed);
    expect(fleet.filter(({ extra }) => extra > 1)).toEqual([]);
    expect(account).toMatchObject({ residual: 0, quarantined: 0 });
    // A batch whose response was lost is stored once, and counts as a duplicate when it is sent again.
    expect(rows).toBeGreaterThanOrEqual(account.stored);
    expect(rows).toBeLessThanOrEqual(account.stored + account.dropped);
  });

  test("when it stops while the database is unavailable: lost rows are reported, and the exit code is 0", async () => {
    const server = await startServer();
    const daemon = start(server.url("postgres"));
    await addFleet(daemon, 50);
    await server.stop();
    const waiting = await eventually(
      () => rowAccountOf(daemon),
      ({ spooled }) => spooled > 100,
    );

    const ended = await daemon.stop();
    const line = daemon.stdout.split("\n").find((one) => one.includes("samples lost at shutdown"))!;

    expect(ended).toEqual({ code: 0, signal: null });
    expect((JSON.parse(line) as { rows: number }).rows).toBeGreaterThanOrEqual(waiting.spooled);
  });
});
