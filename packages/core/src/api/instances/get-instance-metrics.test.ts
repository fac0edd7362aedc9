import { describe, expect, test } from "@jest/globals";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import { CORE_METRIC_NAMES } from "../../model/core-metrics.ts";
import type { TestApi } from "../testing/test-api.ts";
import { testApi } from "../testing/test-api.ts";
import { timerArmed } from "../testing/timer-armed.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

async function apiWithInstance(): Promise<TestApi> {
  const api = await testApi();
  await api.call("POST", "/instances", { body: { name: "web-1", ip: "10.0.0.1" } });
  return api;
}

describe("the latest metrics of an instance", () => {
  test("are its row, and the three values of the quick start", async () => {
    await using api = await apiWithInstance();
    const values = { cpu_usage_percent: 12.3, memory_usage_percent: 45.6, uptime_seconds: 1_234.5 };
    api.fleet.latest.record(sampleBatch([{ id: 1, timestampMs: NOW_MS, values }]));

    const { status, json } = await api.call("GET", "/metrics/1");

    expect(status).toBe(200);
    expect(json).toMatchObject({
      instanceId: 1,
      name: "web-1",
      status: "up",
      reason: null,
      timestamp: "2026-01-01T00:00:00.000Z",
      cpuUsage: 12.3,
      memoryUsage: 45.6,
      uptime: 1_234.5,
      metrics: { up: 1, ...values, load1: null },
    });
    expect(Object.keys(json.metrics)).toEqual(CORE_METRIC_NAMES);
  });

  test("are the same by the canonical path", async () => {
    await using api = await apiWithInstance();
    api.fleet.latest.record(sampleBatch([{ id: 1 }]));

    const [long, short] = [await api.call("GET", "/api/v1/instances/1/metrics"), await api.call("GET", "/metrics/1")];

    expect(long.json).toEqual(short.json);
  });

  test("of this daemon's own host are under 0", async () => {
    await using api = await apiWithInstance();
    api.fleet.latest.record(sampleBatch([{ id: api.fleet.hostId }]));

    const { json } = await api.call("GET", "/metrics/0");

    expect(json).toMatchObject({ instanceId: 0, name: "this-host", status: "up" });
  });

  test("of one that failed are unknown, with the reason", async () => {
    await using api = await apiWithInstance();
    api.fleet.latest.record(sampleBatch([{ id: 1, reason: 3, values: { up: 0 } }]));

    const { json } = await api.call("GET", "/metrics/1");

    expect(json).toMatchObject({ status: "down", reason: "hung", cpuUsage: null, metrics: { up: 0 } });
  });

  test("after a restart are the last stored ones, stale", async () => {
    await using api = await apiWithInstance();
    api.fleet.latest.restore(sampleBatch([{ id: 1, timestampMs: NOW_MS - 60_000, values: { cpu_usage_percent: 5 } }]));

    const { json } = await api.call("GET", "/metrics/1");

    expect(json).toMatchObject({ status: "stale", timestamp: "2025-12-31T23:59:00.000Z", cpuUsage: 5 });
  });

  test("requested right after the POST wait for the first sample", async () => {
    await using api = await apiWithInstance();

    const before = api.clock.pending;
    const asked = api.call("GET", "/metrics/1");
    await timerArmed(api.clock, before);
    api.fleet.latest.record(sampleBatch([{ id: 1, values: { cpu_usage_percent: 5 } }]));

    expect(await asked).toMatchObject({ status: 200, json: { cpuUsage: 5 } });
  });

  test("that do not arrive within a second get 503 and Retry-After", async () => {
    await using api = await apiWithInstance();

    const before = api.clock.pending;
    const asked = api.call("GET", "/metrics/1");
    await timerArmed(api.clock, before);
    api.clock.advance(1_000);

    expect(await asked).toMatchObject({
      status: 503,
      json: { code: "SAMPLE_NOT_YET" },
      headers: { "retry-after": "1" },
    });
  });

  test("of one removed while they are waited for are answered with 404", async () => {
    await using api = await apiWithInstance();

    const before = api.clock.pending;
    const asked = api.call("GET", "/metrics/1");
    await timerArmed(api.clock, before);
    await api.call("DELETE", "/instances/1");

    expect((await asked).status).toBe(404);
  });
});
