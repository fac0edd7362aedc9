import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { History, Instance, InstanceList, InstanceMetrics } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";

describe("the four lines of the quick start, on a fresh state", () => {
  let database: TestDatabase;
  let daemon: TestDaemon;

  beforeAll(async () => {
    database = await createTestDatabase();
    daemon = new TestDaemon({ env: { DATABASE_URL: database.url } });
    await daemon.ready();
  });

  afterAll(async () => {
    await daemon.dispose();
    await database.drop();
  });

  test("POST returns 201, the location and id 1", async () => {
    const answer = await daemon.send("POST", "/instances", { name: "instance-1", ip: "10.0.0.1", interval: 5 });

    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe("/api/v1/instances/1");
    expect(await answer.json()).toMatchObject({ id: 1, name: "instance-1", ip: "10.0.0.1", interval: 5 });
  });

  test("the list has it, and this host as 0", async () => {
    const { items } = await daemon.json<InstanceList>("/instances");

    expect(items.map(({ id, kind }) => [id, kind])).toEqual([
      [0, "host"],
      [1, "simulated"],
    ]);
  });

  test("its metrics exist after the first collection, within their ranges, and change with the next interval", async () => {
    const first = await eventually(
      () => daemon.json<InstanceMetrics>("/metrics/1"),
      ({ timestamp }) => timestamp !== undefined,
    );
    const second = await eventually(
      () => daemon.json<InstanceMetrics>("/metrics/1"),
      ({ timestamp }) => timestamp !== first.timestamp,
    );

    expect(first.status).toBe("up");
    for (const value of [first.cpuUsage, first.memoryUsage]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(100);
    }
    // It booted at its creation.
    const { createdAt } = await daemon.json<Instance>("/instances/1");
    const ageSeconds = (Date.parse(first.timestamp) - Date.parse(createdAt)) / 1_000;
    expect(Math.abs(first.uptime! - ageSeconds)).toBeLessThan(1);
    expect(second.uptime).toBeGreaterThan(first.uptime ?? Infinity);
    expect(second.cpuUsage).not.toBe(first.cpuUsage);
  });

  test("its history is in PostgreSQL, and the route reads it back", async () => {
    const rows = await eventually(
      () => database.sql<{ rows: number }>("select count(*)::int as rows from sample where instance_id = 1"),
      ([row]) => row!.rows >= 3,
    );
    const history = await daemon.json<History>("/instances/1/history?metric=cpu_usage_percent&metric=up&step=1");

    // The first sample and that of the next slot may be in the same second.
    expect(rows[0]!.rows).toBeGreaterThanOrEqual(3);
    expect(history.metrics).toEqual(["up", "cpu_usage_percent"]);
    expect(history.points.length).toBeGreaterThanOrEqual(2);
    expect(history.points.every(([, up]) => up === 1)).toBe(true);
  });

  test("DELETE returns 204, then it does not exist", async () => {
    const removed = await daemon.send("DELETE", "/instances/1");
    const asked = await daemon.fetch("/metrics/1");
    const again = await daemon.send("DELETE", "/instances/1");

    expect([removed.status, asked.status, again.status]).toEqual([204, 404, 404]);
  });

  test("its id is not reused", async () => {
    const answer = await daemon.send("POST", "/instances", { name: "instance-2", ip: "10.0.0.2" });

    expect(await answer.json()).toMatchObject({ id: 2, interval: 5, kind: "simulated" });
  });
});

test("instances and their latest values are restored after a restart, stale until they are collected", async () => {
  await using database = await createTestDatabase();
  await using first = new TestDaemon({ env: { DATABASE_URL: database.url } });
  await first.ready();
  await first.send("POST", "/instances", { name: "kept", ip: "db.example", interval: 3_600, labels: { zone: "a" } });
  await first.json<InstanceMetrics>("/metrics/1");
  await first.stop();
  await using second = new TestDaemon({ env: { DATABASE_URL: database.url } });
  await second.ready();

  const { items } = await second.json<InstanceList>("/instances?label=zone%3Da");
  const metrics = await second.json<InstanceMetrics>("/metrics/1");

  expect(items).toMatchObject([{ id: 1, name: "kept", ip: "db.example", interval: 3_600, labels: { zone: "a" } }]);
  expect(metrics.cpuUsage).not.toBeNull();
});
