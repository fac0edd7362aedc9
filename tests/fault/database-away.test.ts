import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { EventList, Health, InstanceList, InstanceMetrics } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { addFleet, rowAccountOf, removeFleet } from "../support/fleet.ts";
import { querying } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { storedRows } from "../support/stored-rows.ts";

/** Number of rows per instance during the outage, one per second; `FAULT_SECONDS=60` for the long run. */
const AWAY_SECONDS = Number(process.env["FAULT_SECONDS"] ?? 6);
const TIMEOUT_MS = 180_000 + AWAY_SECONDS * 5_000;
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

/** Its own host is collected only once: all further rows are those of the fleet. */
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
  readonly add: number;
  readonly retryAfter: string | null;
  readonly health: Health["status"];
  readonly ready: number;
}

async function answersOf(daemon: TestDaemon): Promise<Answers> {
  const list = await daemon.fetch("/instances?limit=1000");
  await list.arrayBuffer();
  const add = await daemon.send("POST", "/instances", { name: "not now", ip: "10.0.0.9" });
  await add.arrayBuffer();
  const { status } = await daemon.json<Health>("/health");
  const ready = await daemon.fetch("/-/ready");
  await ready.arrayBuffer();
  return {
    list: list.status,
    add: add.status,
    retryAfter: add.headers.get("retry-after"),
    health: status,
    ready: ready.status,
  };
}

/** Waits until the database accepts everything again, and only the latest rows wait. */
async function caughtUp(daemon: TestDaemon): Promise<void> {
  await eventually(
    async () => ({ ready: (await daemon.fetch("/-/ready")).status, ...(await rowAccountOf(daemon)) }),
    ({ ready, spooled }) => ready === 200 && spooled <= FLEET,
    TIMEOUT_MS,
  );
}

async function backendsOf(database: string): Promise<readonly number[]> {
  const { sql } = querying(server.url("postgres"));
  const rows = await sql<{ pid: number }>("select pid from pg_stat_activity where datname = $1", [database]);
  return rows.map(({ pid }) => pid);
}

/**
 * Crashes the server by killing a backend of a database, which makes it terminate all others and recover. Resolves to the
 * number of lost connections when the daemon is connected again.
 */
async function crashBackends(database: string): Promise<number> {
  const killed = await backendsOf(database);
  expect(killed.some(crash)).toBe(true);
  await eventually(
    () => backendsOf(database).catch(() => []),
    (pids) => pids.length > 0 && !pids.some((pid) => killed.includes(pid)),
  );
  return killed.length;
}

/** Kills a child of our own server, by the id from the server; false when it has exited in the meantime. */
function crash(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("postgres:") && process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

interface StoredStatuses {
  readonly instances: number;
  readonly events: number;
}

const STORED_STATUSES = `
  select count(distinct instance_id)::int4 as instances, count(*)::int4 as events
  from event where type = 'status' and status = 'up' and instance_id > 0`;

describe("a database that fails under a load of 500 instances per second", () => {
  test(
    "is waited for, stopped or crashed: the API answers, and no row is missing or there twice",
    async () => {
      const database = await createDatabase("load");
      const daemon = await start("load");
      await addFleet(daemon, FLEET);

      await server.stop("SIGQUIT");
      await eventually(async () => (await daemon.fetch("/-/ready")).status === 503);
      const away: Answers[] = [];
      await eventually(
        async () => {
          away.push(await answersOf(daemon));
          return (await rowAccountOf(daemon)).spooled;
        },
        (waiting) => waiting >= AWAY_SECONDS * FLEET,
        TIMEOUT_MS,
      );
      await server.start();
      await caughtUp(daemon);
      const killed = await crashBackends("load");
      await caughtUp(daemon);
      await removeFleet(daemon);
      const account = await eventually(
        () => rowAccountOf(daemon),
        ({ spooled }) => spooled === 0,
      );
      const [counted] = await database.sql<{ rows: number }>("select count(*)::int as rows from sample");
      const rows = (await storedRows(database)).filter(({ id }) => id > 0);
      const duplicates = await daemon.metric("cloud_monitor_rows_dropped_total", 'reason="duplicate_key"');
      const missed = await daemon.metric("cloud_monitor_collections_missed_total");
      const { problems, spool } = await eventually(
        () => daemon.json<Health>("/health"),
        (health) => health.problems.length === 0,
      );
      const outages = await eventually(
        async () => (await daemon.json<EventList>("/api/v1/events?type=storage_outage")).items,
        ({ length }) => length > 0,
      );
      const [statuses] = await database.sql<StoredStatuses>(STORED_STATUSES);

      for (const answers of away)
        expect(answers).toMatchObject({ list: 200, add: 503, health: "degraded", ready: 503 });
      for (const { retryAfter } of away) expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(killed).toBeGreaterThan(0);
      expect(rows).toHaveLength(FLEET);
      // A machine that is too busy misses slots, and counts them: nothing else may be missing.
      expect(sumOf(rows.map((one) => one.missed))).toBeLessThanOrEqual(missed);
      expect(rows.filter(({ extra }) => extra > 1)).toEqual([]);
      expect(account).toMatchObject({ quarantined: 0, residual: 0 });
      // A batch whose response was lost is stored once, and counts as a duplicate when it is sent again.
      expect(account.dropped).toBe(duplicates);
      expect(counted!.rows).toBeGreaterThanOrEqual(account.stored);
      expect(counted!.rows).toBeLessThanOrEqual(account.stored + duplicates);
      expect({ problems, dropped: spool.dropped }).toEqual({ problems: [], dropped: 0 });
      expect(outages.at(-1)!.details).toMatchObject({
        durationSeconds: expect.any(Number),
        reason: expect.any(String),
      });
      // Rows that waited say that every instance was up all the time; one that was too late may say that nobody watched.
      expect(statuses).toEqual({ instances: FLEET, events: FLEET });
    },
    TIMEOUT_MS,
  );

  test("does not keep a daemon from starting: it serves from its snapshot, then catches up", async () => {
    const database = await createDatabase("start");
    const before = await start("start");
    const fleet = await addFleet(before, 5);
    await before.stop();
    const snapshot = existsSync(join(folder, "var", "instances.json"));
    const [stored] = await database.sql<{ ms: number }>(
      "select extract(epoch from max(ts))::float8 * 1000 as ms from sample",
    );
    await server.stop();

    const daemon = await start("start");
    const { items } = await daemon.json<InstanceList>("/instances");
    const page = await daemon.fetch("/metrics");
    const text = await page.text();
    const ready = await daemon.fetch("/-/ready");
    const history = await daemon.fetch("/instances/1/history");
    const collected = await Promise.all(fleet.map(({ id }) => collectedOf(daemon, id)));
    await server.start();
    await eventually(
      () => daemon.fetch("/-/ready"),
      ({ status }) => status === 200,
    );
    const added = await eventually(
      () => daemon.send("POST", "/instances", { name: "new", ip: "10.0.0.9" }),
      ({ status }) => status === 201,
    );
    const caughtUpRows = await eventually(
      () => rowsAt(database, collected),
      (rows) => rows === collected.length,
    );
    const { residual } = await rowAccountOf(daemon);

    expect(snapshot).toBe(true);
    expect(items.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([page.status, ready.status, history.status]).toEqual([200, 503, 503]);
    expect(text).toContain("cloud_monitor_storage_available 0");
    expect(text).toMatch(/^cloud_monitor_instance_info\{.*id="5".*\} 1$/m);
    for (const { cpuUsage, timestamp } of collected) {
      expect(cpuUsage).not.toBeNull();
      expect(Date.parse(timestamp)).toBeGreaterThan(stored!.ms);
    }
    expect(caughtUpRows).toBe(5);
    expect(residual).toBe(0);
    // Ids continue: none is reused.
    expect(await added.json()).toMatchObject({ id: 6 });
    expect(readFileSync(join(folder, "var", "instances.json"), "utf8")).toContain("fleet-5");
  });
});

/** The latest values of an instance collected by this daemon itself. */
function collectedOf(daemon: TestDaemon, id: number): Promise<InstanceMetrics> {
  return eventually(
    () => daemon.json<InstanceMetrics>(`/metrics/${id}`),
    ({ status }) => status === "up",
  );
}

/** Number of these collections that are stored. */
async function rowsAt(database: Pick<TestDatabase, "sql">, collected: readonly InstanceMetrics[]): Promise<number> {
  const [counted] = await database.sql<{ rows: number }>(
    `select count(*)::int as rows
     from sample join unnest($1::int[], $2::timestamptz[]) as one (id, ts) on instance_id = one.id and sample.ts = one.ts`,
    [collected.map(({ instanceId }) => instanceId), collected.map(({ timestamp }) => timestamp)],
  );
  return counted!.rows;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
