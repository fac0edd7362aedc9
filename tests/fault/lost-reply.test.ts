import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Instance, InstanceList, Problem } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";

const TIMEOUT_MS = 120_000;
const LABELS = { fleet: "lost" };

let database: TestDatabase;
let proxy: PostgresProxy;
let daemon: TestDaemon;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await PostgresProxy.start(database.url);
  daemon = new TestDaemon({ env: { DATABASE_URL: proxy.url } });
  await daemon.url();
}, TIMEOUT_MS);

afterAll(async () => {
  await daemon.dispose();
  await proxy[Symbol.asyncDispose]();
  await database.drop();
}, TIMEOUT_MS);

async function create(name: string): Promise<Instance> {
  const answer = await daemon.send("POST", "/instances", { name, ip: "10.0.0.1" });
  return (await answer.json()) as Instance;
}

async function listed(): Promise<readonly string[]> {
  const { items } = await daemon.json<InstanceList>("/instances?kind=simulated&limit=1000");
  return items.map(({ name }) => name).sort();
}

async function stored(): Promise<readonly string[]> {
  const rows = await database.sql<{ name: string }>("select name from instance where deleted_at is null and id > 0");
  return rows.map(({ name }) => name).sort();
}

function snapshot(): string {
  const path = join(daemon.stateDir, "instances.json");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Waits until the daemon's list equals that of the database. */
async function agreed(): Promise<readonly string[]> {
  const inDatabase = await stored();
  return eventually(listed, (names) => JSON.stringify(names) === JSON.stringify(inDatabase));
}

/** The reply to the commit of this request is lost. */
async function lost(method: string, path: string, body?: unknown): Promise<{ status: number; problem: Problem }> {
  proxy.loseReplies(1);
  const answer = await daemon.send(method, path, body);
  const problem = (await answer.json()) as Problem;
  expect(proxy.repliesToLose).toBe(0);
  return { status: answer.status, problem };
}

const UNKNOWN = {
  status: 503,
  problem: { code: "STORE_UNAVAILABLE", detail: expect.stringContaining("not known whether the change was made") },
};

describe("a change whose reply the database could not give", () => {
  test(
    "of a creation is listed soon, and its name is taken by an instance that can be seen",
    async () => {
      const answer = await lost("POST", "/instances", { name: "created", ip: "10.0.0.1", interval: 1 });
      const names = await agreed();
      const again = await daemon.send("POST", "/instances", { name: "created", ip: "10.0.0.1" });

      expect(answer).toMatchObject(UNKNOWN);
      expect(names).toContain("created");
      expect(again.status).toBe(409);
      // It is collected as well.
      const { items } = await daemon.json<InstanceList>("/instances?q=created");
      await eventually(
        () => daemon.fetch(`/metrics/${items[0]!.id}`),
        ({ status }) => status === 200,
      );
    },
    TIMEOUT_MS,
  );

  test(
    "of a change of name and interval is what the daemon shows soon, and the former name is free",
    async () => {
      const { id } = await create("before");
      const answer = await lost("PATCH", `/instances/${id}`, { name: "after", interval: 60 });
      await agreed();
      const shown = await daemon.json<Instance>(`/instances/${id}`);
      const again = await daemon.send("POST", "/instances", { name: "before", ip: "10.0.0.1" });

      expect(answer).toMatchObject(UNKNOWN);
      expect(shown).toMatchObject({ name: "after", interval: 60 });
      expect(again.status).toBe(201);
    },
    TIMEOUT_MS,
  );

  test(
    "of a deletion is gone soon, is not collected any more, and its name is free",
    async () => {
      const { id } = await create("deleted");
      const answer = await lost("DELETE", `/instances/${id}`);
      await agreed();
      const metrics = await daemon.fetch(`/metrics/${id}`);
      const again = await daemon.send("POST", "/instances", { name: "deleted", ip: "10.0.0.1" });

      expect(answer).toMatchObject(UNKNOWN);
      expect(metrics.status).toBe(404);
      expect(again.status).toBe(201);
    },
    TIMEOUT_MS,
  );

  test(
    "of many at once is settled as well, created and deleted",
    async () => {
      await create("kept");
      const many = Array.from({ length: 50 }, (_, index) => ({
        name: `bulk-${index}`,
        ip: "10.0.0.1",
        labels: LABELS,
      }));
      const creation = await lost("POST", "/instances/bulk", many);
      const created = await agreed();
      const deletion = await lost("DELETE", "/instances?label=fleet%3Dlost");
      const left = await agreed();
      // The snapshot follows; it is written a second after the first change.
      await eventually(snapshot, (text) => text.includes("kept") && !text.includes("bulk-"));

      expect([creation, deletion]).toEqual([
        expect.objectContaining({ status: 503 }),
        expect.objectContaining({ status: 503 }),
      ]);
      expect(created.filter((name) => name.startsWith("bulk-"))).toHaveLength(50);
      expect(left.filter((name) => name.startsWith("bulk-"))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

test(
  "what others changed while the database could not be reached is seen when it can be again",
  async () => {
    const { id } = await create("removed by hand");
    proxy.refuse();
    await eventually(
      async () => (await daemon.send("POST", "/instances", { name: "no", ip: "10.0.0.1" })).status === 503,
    );
    await database.sql("update instance set deleted_at = now() where id = $1", [id]);
    await database.sql(
      `insert into instance (id, interval_seconds, created_at, revision, name, ip, kind, source, labels)
       select last_id + 1, 5, now(), last_revision, 'added by hand', '10.0.0.1', 'simulated', 'api', '{}' from instance_counter`,
    );
    await database.sql("update instance_counter set last_id = last_id + 1");
    proxy.heal();

    const names = await agreed();

    expect(names).toContain("added by hand");
    expect(names).not.toContain("removed by hand");
  },
  TIMEOUT_MS,
);
