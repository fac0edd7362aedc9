import { expect, test } from "@jest/globals";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import { BulkRemovalSchema, BulkResultSchema } from "../schemas/bulk.ts";
import { HealthSchema } from "../schemas/health.ts";
import { InstanceListSchema, InstanceSchema } from "../schemas/instance.ts";
import { ProblemSchema } from "../schemas/problem.ts";
import { HistorySchema, InstanceMetricsSchema } from "../schemas/samples.ts";
import type { Method } from "../testing/test-api.ts";
import { testApi } from "../testing/test-api.ts";
import { write } from "../../storage/testing/fixtures.ts";

const WEB = { name: "web-2", ip: "10.0.0.1", labels: { team: "blue" }, simulation: { fault: "slow", delayMs: 5 } };

test.each<[Method, string, unknown, TSchema]>([
  ["POST", "/instances", WEB, InstanceSchema],
  ["POST", "/instances", {}, ProblemSchema],
  ["POST", "/instances/bulk", [WEB, {}], BulkResultSchema],
  ["GET", "/instances?limit=1", undefined, InstanceListSchema],
  ["GET", "/instances/0", undefined, InstanceSchema],
  ["PATCH", "/instances/1", { interval: 9 }, InstanceSchema],
  ["DELETE", "/instances?label=team=blue", undefined, BulkRemovalSchema],
  ["GET", "/metrics/1", undefined, InstanceMetricsSchema],
  ["GET", "/instances/1/history", undefined, HistorySchema],
  ["GET", "/health", undefined, HealthSchema],
  ["GET", "/nope", undefined, ProblemSchema],
])("the answer of %s %s is what the contract says, with no more fields", async (method, url, body, schema) => {
  await using api = await testApi();
  await api.call("POST", "/instances", { body: { ...WEB, name: "web-1", labels: {} } });
  const row = sampleBatch([{ id: 1, timestampMs: api.clock.wallMs() - 1, values: { load1: 1 } }]);
  api.fleet.latest.record(row);
  await write(api.storage, "batch-1", row);

  const { json } = await api.call(method, url, body === undefined ? {} : { body });

  expect([...Value.Errors(closed(schema), json)]).toEqual([]);
});

/** The schema with every object closed: a response with an undocumented field is a defect, too. */
function closed(schema: TSchema): TSchema {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const isObject = typeof value === "object" && value !== null && "properties" in value;
    return isObject ? { ...value, additionalProperties: false } : value;
  }) as TSchema;
}
