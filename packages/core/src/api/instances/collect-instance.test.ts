import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { sampleBatch, sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";
import type { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let collected: number[];
let isAnswered: boolean;

beforeEach(async () => {
  collected = [];
  isAnswered = true;
  api = await testApi({
    collect: (id) => {
      collected.push(id);
      const row = { id, timestampMs: api.clock.wallMs(), values: { load1: collected.length } };
      if (isAnswered) api.fleet.latest.record(sampleBatch([row]));
      else api.clock.advance(12_000);
    },
  });
});

afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

test("collects the instance and returns its new values", async () => {
  const { id } = await api.inventory.create(sampleInstance("one"));

  const { json, status } = await api.call("POST", `/api/v1/instances/${id}/collect`);
  const host = await api.call("POST", "/api/v1/instances/0/collect");

  expect(status).toBe(200);
  expect(json).toMatchObject({ instanceId: id, status: "up", metrics: { load1: 1 } });
  expect(host.json).toMatchObject({ instanceId: 0, metrics: { load1: 2 } });
  expect(collected).toEqual([id, api.fleet.hostId]);
});

test("at most once per second and instance, and 50 instances per second", async () => {
  const instances = await api.inventory.createMany(Array.from({ length: 51 }, (_, i) => sampleInstance(`i-${i}`)));
  const statuses: number[] = [];
  for (const { id } of instances) statuses.push((await api.call("POST", `/api/v1/instances/${id}/collect`)).status);
  api.clock.advance(999);
  const again = await api.call("POST", `/api/v1/instances/${instances[0]!.id}/collect`);
  api.clock.advance(1);
  const later = await api.call("POST", `/api/v1/instances/${instances[0]!.id}/collect`);

  expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), 429]);
  expect(again).toMatchObject({ status: 429, json: { code: "COLLECT_TOO_OFTEN" }, headers: { "retry-after": "1" } });
  expect(later.status).toBe(200);
});

test("says when no sample came in time, and what it does not know", async () => {
  const { id } = await api.inventory.create(sampleInstance("one"));
  isAnswered = false;

  const late = await api.call("POST", `/api/v1/instances/${id}/collect`);
  const unknown = await api.call("POST", "/api/v1/instances/99/collect");

  expect(late).toMatchObject({ status: 503, json: { code: "SAMPLE_LATE" } });
  expect(unknown.status).toBe(404);
});
