import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Health, InstanceList, InstanceMetrics } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { addFleet, booksOf, removeFleet } from "../support/fleet.ts";
import { querying } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { storedRows } from "../support/stored-rows.ts";

/** How long the database stays away; `FAULT_SECONDS=60` for the long run. */
const AWAY_SECONDS = Number(process.env["FAULT_SECONDS"] ?? 6);
const TIMEOUT_MS = 30_000 + AWAY_SECONDS * 1_500;
const FLEET = 500;

let server: PostgresServer;
let folder: string;
const started: TestDaemon[] = [];

beforeAll(async () => {
  server = await PostgresServer.create();
});

afterAll(() => server.dispose());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-away-"));
});

afterEach(async () => {
  for (const daemon of started.splice(0).toReversed()) await daemon.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Its own host is collected once only: the rows that come are those of the fleet. */
async function start(database: string): Promise<TestDaemon> {
  const env = { DATABASE_URL: server.url(database), DEFAULT_INTERVAL: "3600" };
  const daemon = new TestDaemon({ env, stateDir: join(folder, "var") });
  started.push(daemon);
  await daemon.url();
  return daemon;
}

async function createDatabase(name: string) {
  const { sql } = querying(server.url("postgres"));
  await sql(`create database ${name}`);
  return querying(server.url(name));
}

interface Answers {
  readonly list: number;
  readonly listMs: number;
  readonly add: number;
  readonly retryAfter: string | null;
  readonly health: Health["status"];
  readonly ready: number;
}

async function answersOf(daemon: TestDaemon): Promise<Answers> {
  const askedMs = Date.now();
  const list = await daemon.fetch("/instances?limit=1000");
  await list.arrayBuffer();
  const listMs = Date.now() - askedMs;
  const add = await daemon.send("POST", "/instances", { name: "not now", ip: "10.0.0.9" });
  await add.arrayBuffer();
  const { status } = await daemon.json<Health>("/health");
  const ready = await daemon.fetch("/-/ready");
  await ready.arrayBuffer();
  return {
    list: list.status,
    listMs,
    add: add.status,
    retryAfter: add.headers.get("retry-after"),
    health: status,
    ready: ready.status,
  };
}

/** Until the database takes everything again, and nothing waits but the newest rows. */
async function caughtUp(daemon: TestDaemon): Promise<void> {
  await eventually(
    async () => ({ ready: (await daemon.fetch("/-/ready")).status, ...(await booksOf(daemon)) }),
    ({ ready, spooled }) => ready === 200 && spooled <= FLEET,
    15_000,
  );
}

async function backendsOf(database: string): Promise<readonly number[]> {
  const { sql } = querying(server.url("postgres"));
  const rows = await sql<{ pid: number }>("select pid from pg_stat_activity where datname = $1", [database]);
  return rows.map(({ pid }) => pid);
}

/** A child of our own server, by the id that the server gave; it then ends all others itself and starts anew. */
function crash(pid: number): void {
  if (readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("postgres:")) process.kill(pid, "SIGKILL");
}

describe("a database that goes away under the load of 500 instances a second", () => {
  test(
    "is waited for, stopped or crashed: the API answers, and no row is missing or there twice",
    async () => {
      const database = await createDatabase("load");
      const daemon = await start("load");
      await addFleet(daemon, FLEET);
      const sinceMs = Date.now() - 1_050;

      await server.stop("SIGQUIT");
      const endMs = Date.now() + AWAY_SECONDS * 1_000;
      const away: Answers[] = [];
      while (Date.now() < endMs) {
        away.push(await answersOf(daemon));
        await pause(250);
      }
      const waiting = await booksOf(daemon);
      await server.start();
      await caughtUp(daemon);
      const backends = await backendsOf("load");
      for (const pid of backends) crash(pid);
      await pause(1_500);
      await caughtUp(daemon);
      await removeFleet(daemon);
      const books = await eventually(
        () => booksOf(daemon),
        ({ spooled }) => spooled === 0,
      );
      const [counted] = await database.sql<{ rows: number }>("select count(*)::int as rows from sample");
      const rows = (await storedRows(database, sinceMs)).filter(({ id }) => id > 0);
      const duplicates = await daemon.metric("cloud_monitor_rows_dropped_total", 'reason="duplicate_key"');
      const { problems, spool } = await daemon.json<Health>("/health");

      expect(away.length).toBeGreaterThan(AWAY_SECONDS);
      // The first call notices; from then on it is known.
      for (const answers of away)
        expect(answers).toMatchObject({ list: 200, add: 503, health: "degraded", ready: 503 });
      for (const { retryAfter } of away) expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(Math.max(...away.map(({ listMs }) => listMs))).toBeLessThan(1_000);
      expect(waiting.spooled).toBeGreaterThan((AWAY_SECONDS - 2) * FLEET);
      expect(backends.length).toBeGreaterThan(0);
      expect(rows).toHaveLength(FLEET);
      expect(rows.filter(({ gaps, extra }) => gaps > 0 || extra > 0)).toEqual([]);
      expect(Math.min(...rows.map((one) => one.rows))).toBeGreaterThanOrEqual(AWAY_SECONDS);
      expect(books).toMatchObject({ quarantined: 0, residual: 0 });
      // A batch whose answer was lost is stored once, and counts as there already when it is sent again.
      expect(books.dropped).toBe(duplicates);
      expect(counted!.rows).toBeGreaterThanOrEqual(books.stored);
      expect(counted!.rows).toBeLessThanOrEqual(books.stored + duplicates);
      expect({ problems, dropped: spool.dropped }).toEqual({ problems: [], dropped: 0 });
    },
    TIMEOUT_MS,
  );

  test("does not keep a daemon from starting: it serves from its snapshot, then catches up", async () => {
    const database = await createDatabase("start");
    const before = await start("start");
    await addFleet(before, 5);
    await before.stop();
    const snapshot = existsSync(join(folder, "var", "instances.json"));
    await server.stop();

    const daemon = await start("start");
    const awaySinceMs = Date.now();
    const { items } = await daemon.json<InstanceList>("/instances");
    const page = await daemon.fetch("/metrics");
    const text = await page.text();
    const ready = await daemon.fetch("/-/ready");
    const history = await daemon.fetch("/instances/1/history");
    const metrics = await eventually(
      () => daemon.json<InstanceMetrics>("/metrics/5"),
      ({ status }) => status === "up",
    );
    await eventually(
      () => booksOf(daemon),
      ({ spooled }) => spooled >= 10,
    );
    const awayUntilMs = Date.now();
    await server.start();
    await eventually(
      () => daemon.fetch("/-/ready"),
      ({ status }) => status === 200,
      15_000,
    );
    const added = await eventually(
      () => daemon.send("POST", "/instances", { name: "new", ip: "10.0.0.9" }),
      ({ status }) => status === 201,
    );
    await eventually(
      () => booksOf(daemon),
      ({ spooled, stored }) => stored > 0 && spooled <= 5,
    );
    const { residual } = await booksOf(daemon);
    const [waited] = await database.sql<{ rows: number; instances: number }>(
      `select count(*)::int as rows, count(distinct instance_id)::int as instances from sample
       where instance_id > 0 and ts between to_timestamp($1::float8 / 1000) and to_timestamp($2::float8 / 1000)`,
      [awaySinceMs, awayUntilMs],
    );

    expect(snapshot).toBe(true);
    expect(items.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([page.status, ready.status, history.status]).toEqual([200, 503, 503]);
    expect(text).toContain("cloud_monitor_storage_available 0");
    expect(text).toMatch(/^cloud_monitor_instance_info\{.*id="5".*\} 1$/m);
    expect(metrics.cpuUsage).not.toBeNull();
    expect(waited!.instances).toBe(5);
    expect(waited!.rows).toBeGreaterThanOrEqual(5);
    expect(residual).toBe(0);
    // Ids go on where they were: none came twice.
    expect(await added.json()).toMatchObject({ id: 6 });
    expect(readFileSync(join(folder, "var", "instances.json"), "utf8")).toContain("fleet-5");
  }, 40_000);
});
