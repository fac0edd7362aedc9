import { describe, expect, test } from "@jest/globals";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import type { TestApi } from "../testing/test-api.ts";
import { testApi } from "../testing/test-api.ts";
import { write } from "../../storage/testing/fixtures.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

async function apiWithInstance(): Promise<TestApi> {
  const api = await testApi();
  await api.call("POST", "/instances", { body: { name: "web-1", ip: "10.0.0.1" } });
  return api;
}

describe("the history of an instance", () => {
  async function apiWithHistory(): Promise<TestApi> {
    const api = await apiWithInstance();
    const rows = [0, 10, 20, 60].map((secondsAgo) => ({
      id: 1,
      timestampMs: NOW_MS - secondsAgo * 1_000 - 1,
      values: { cpu_usage_percent: secondsAgo, load1: 0.1 },
    }));
    await write(api.storage, "batch-1", sampleBatch(rows));
    return api;
  }

  test("is averaged over steps, omitting steps without rows", async () => {
    await using api = await apiWithHistory();

    const { status, json } = await api.call("GET", "/instances/1/history?step=30&metric=cpu_usage_percent,load1");

    const seconds = NOW_MS / 1_000;
    expect(status).toBe(200);
    expect(json).toEqual({
      instanceId: 1,
      name: "web-1",
      from: "2025-12-31T23:00:00.000Z",
      to: "2026-01-01T00:00:00.000Z",
      step: 30,
      resolution: "raw",
      metrics: ["cpu_usage_percent", "load1"],
      points: [
        [seconds - 90, 60, 0.1],
        [seconds - 30, 10, 0.1],
      ],
    });
  });

  test("accepts its range as RFC 3339 or as seconds", async () => {
    await using api = await apiWithHistory();

    const asText = await api.call(
      "GET",
      "/instances/1/history?from=2025-12-31T23:59:30Z&to=2026-01-01T00:00:00Z&step=30",
    );
    const asSeconds = await api.call(
      "GET",
      `/instances/1/history?from=${NOW_MS / 1_000 - 30}&to=${NOW_MS / 1_000}&step=30`,
    );

    expect(asText.json.points).toHaveLength(1);
    expect(asSeconds.json).toEqual(asText.json);
  });

  test("is of CPU and memory by default, in steps of at least the interval", async () => {
    await using api = await apiWithHistory();

    const { json } = await api.call("GET", "/instances/1/history?from=2025-12-31T23:59:00Z");

    expect([json.metrics, json.step]).toEqual([["cpu_usage_percent", "memory_usage_percent"], 5]);
  });

  test.each([
    ["step=0", "/query/step"],
    ["step=abc", "/query/step"],
    ["from=yesterday", "/query/from"],
    ["from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", "/query/from"],
    ["from=0&step=1", "/query/step"],
    ["metric=temperature", "/query/metric"],
    ["metric=load1,", "/query/metric"],
    ["format=csv", "/query/format"],
  ])("with ?%s answers 400", async (query, pointer) => {
    await using api = await apiWithHistory();

    const { status, json } = await api.call("GET", `/instances/1/history?${query}`);

    expect(status).toBe(400);
    expect(json.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  test("while the database is unavailable gets 503", async () => {
    await using api = await apiWithHistory();
    await api.storage.stop();

    const { status, json } = await api.call("GET", "/instances/1/history");

    expect([status, json.code]).toEqual([503, "STORE_UNAVAILABLE"]);
  });
});
