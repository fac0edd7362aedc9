import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { sampleBatch, sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";
import type { TestApi } from "../testing/test-api.ts";

let api: TestApi;

beforeEach(async () => {
  api = await testApi();
});

afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

test("lists labels by name, their values by number of instances, and how many have each status", async () => {
  const [one] = await api.inventory.createMany([
    sampleInstance("one", { labels: { zone: "a", role: "web" } }),
    sampleInstance("two", { labels: { zone: "b" } }),
    sampleInstance("three", { labels: { zone: "b" } }),
  ]);
  api.fleet.latest.record(sampleBatch([{ id: one!.id, values: { up: 0 } }]));

  const { json } = await api.call("GET", "/api/v1/labels");

  expect(json).toEqual({
    items: [
      { name: "role", valuesTotal: 1, values: [{ value: "web", total: 1, up: 0, down: 1, stale: 0, pending: 0 }] },
      {
        name: "zone",
        valuesTotal: 2,
        values: [
          { value: "b", total: 2, up: 0, down: 0, stale: 0, pending: 2 },
          { value: "a", total: 1, up: 0, down: 1, stale: 0, pending: 0 },
        ],
      },
    ],
  });
});

test("lists one label, and of many values the most frequent ones", async () => {
  const count = 1_200;
  await api.inventory.createMany(
    Array.from({ length: count }, (_, i) => sampleInstance(`i-${i}`, { labels: { rack: `r${i % 1_100}`, zone: "a" } })),
  );

  const { json } = await api.call("GET", "/api/v1/labels?name=rack");
  const none = await api.call("GET", "/api/v1/labels?name=nothing");

  expect(json.items).toHaveLength(1);
  expect(json.items[0]).toMatchObject({ name: "rack", valuesTotal: 1_100 });
  expect(json.items[0].values).toHaveLength(1_000);
  expect(json.items[0].values[99]).toMatchObject({ total: 2 });
  expect(json.items[0].values[100]).toMatchObject({ total: 1 });
  expect(none.json).toEqual({ items: [] });
});
