import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createClient } from "@cloud-monitor/client";
import type { BulkResult, Event, InstanceAvailability } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";

const TIMEOUT_MS = 240_000;
const INSTANCES = 100;
/** The targets change their state this often; every instance is seen in every state. */
const CHANGES = 10;
/** The change in whose middle the daemon is killed. */
const KILLED_CHANGE = 5;

let database: TestDatabase;
let targets: Server;
let target: string;
let isUp: boolean;
let stateDir: string;
let first: TestDaemon;
let second: TestDaemon | null;

beforeAll(async () => {
  database = await createTestDatabase();
  isUp = true;
  targets = createServer((_request, response) => response.writeHead(isUp ? 200 : 503).end(isUp ? "a 1\n" : ""));
  await new Promise<void>((resolve) => targets.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(targets.address() as AddressInfo).port}/metrics`;
  first = start();
  ({ stateDir } = first);
  second = null;
  await first.ready();
}, TIMEOUT_MS);

afterAll(async () => {
  await second?.dispose();
  await first.dispose();
  targets.closeAllConnections();
  targets.close();
  await database.drop();
}, TIMEOUT_MS);

function start(given: { stateDir?: string } = {}): TestDaemon {
  return new TestDaemon({ ...given, env: { DATABASE_URL: database.url, TARGETS_ALLOW_LOOPBACK: "true" } });
}

/** Reads events until the stream or its daemon ends. */
async function follow(daemon: TestDaemon, seen: Event[], lastEventId: number): Promise<void> {
  const client = createClient({ url: await daemon.url() });
  try {
    for await (const message of client.stream({ lastEventId })) if (message.type === "event") seen.push(message.event);
  } catch {
    // The daemon was killed.
  } finally {
    await client.close();
  }
}

/** Waits until so many instances have the status of the targets, by their stored events. */
async function changed(instances: number): Promise<void> {
  const wanted = isUp ? "up" : "down";
  await eventually(
    () => database.sql<{ status: string }>(LAST_STATUSES),
    (rows) => rows.filter(({ status }) => status === wanted).length >= instances,
  );
}

const LAST_STATUSES = `
  select distinct on (instance_id) status from event
  where type = 'status' and instance_id > 0 order by instance_id, id desc`;

test(
  "a kill in the middle of 1,000 changes of status: events are stored once and in order, a stream goes on without a hole, and availability is that of the rows",
  async () => {
    const instances = Array.from({ length: INSTANCES }, (_, i) => ({
      name: `target-${i}`,
      ip: "127.0.0.1",
      interval: 1,
      kind: "scrape",
      target,
    }));
    const { results } = (await (await first.send("POST", "/instances/bulk", instances)).json()) as BulkResult;
    expect(results.every(({ status }) => status === 201)).toBe(true);
    const seen: Event[] = [];
    const reading = follow(first, seen, 0);
    for (let change = 1; change <= CHANGES; change++) {
      isUp = change % 2 === 1;
      if (change === KILLED_CHANGE) {
        await changed(INSTANCES / 4);
        await first.stop("SIGKILL");
        await reading;
        second = start({ stateDir });
        await second.ready();
      }
      await changed(INSTANCES);
    }
    const untilMs = Date.now();
    const resumed = follow(second!, seen, seen.at(-1)!.id);
    const stored = await database.sql<StoredRow>(
      "select id::float8, at, instance_id, type, status from event order by event.id",
    );
    await eventually(
      async () => seen.length,
      (length) => length >= stored.length,
    );
    const availabilities = await Promise.all(
      Array.from({ length: INSTANCES }, (_, i) => availabilityOf(second!, i + 1, untilMs)),
    );
    const byRows = await secondsByRows(untilMs);
    await second!.stop();
    await resumed;

    expect(stored.filter(({ type }) => type === "status").length).toBeGreaterThanOrEqual(CHANGES * INSTANCES);
    expect(stored.map(({ id }) => id)).toEqual(stored.map((_, i) => i + 1));
    expect(seen.map(({ id }) => id).slice(0, stored.length)).toEqual(stored.map(({ id }) => id));
    for (let id = 1; id <= INSTANCES; id++) {
      const ofInstance = stored.filter(({ instance_id, type }) => instance_id === id && type === "status");
      const times = ofInstance.map(({ at }) => at.getTime());
      expect(ofInstance.filter(({ status }, i) => status === ofInstance[i + 1]?.status)).toEqual([]);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect(availabilities.map(({ downSeconds, upSeconds }) => [upSeconds, downSeconds].map(rounded))).toEqual(
      byRows.map(({ down, up }) => [up, down].map(rounded)),
    );
  },
  TIMEOUT_MS,
);

interface StoredRow {
  readonly id: number;
  readonly at: Date;
  readonly instance_id: number;
  readonly type: string;
  readonly status: string | null;
}

function availabilityOf(daemon: TestDaemon, id: number, untilMs: number): Promise<InstanceAvailability> {
  return daemon.json(`/api/v1/instances/${id}/availability?from=0&to=${untilMs / 1000}`);
}

/** A row's value holds until the next row, at most for two intervals and a second. */
function secondsByRows(untilMs: number): Promise<readonly { readonly up: number; readonly down: number }[]> {
  return database.sql(
    `select
       coalesce(sum(seconds) filter (where up = 1), 0)::float8 as up,
       coalesce(sum(seconds) filter (where up = 0), 0)::float8 as down
     from (
       select instance_id, up, extract(epoch from least(
         lead(ts) over (partition by instance_id order by ts), ts + interval '3 s', to_timestamp($1::float8 / 1000)
       ) - ts) as seconds
       from sample where instance_id > 0 and ts < to_timestamp($1::float8 / 1000)
     ) as spans
     group by instance_id order by instance_id`,
    [untilMs],
  );
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
