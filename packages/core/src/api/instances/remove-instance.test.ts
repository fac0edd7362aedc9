import { describe, expect, test } from "@jest/globals";
import { sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

describe("removing instances", () => {
  test("gets 204 without a body, then 404, and the id is not reused", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });

    const removed = await api.call("DELETE", "/instances/1");
    const again = await api.call("DELETE", "/instances/1");
    const read = await api.call("GET", "/metrics/1");
    const next = await api.call("POST", "/instances", { body: WEB });

    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect([again.status, read.status, next.json.id]).toEqual([404, 404, 2]);
  });

  test("by label removes those that have it", async () => {
    await using api = await testApi();
    for (const team of ["blue", "red", "blue"]) {
      await api.inventory.create(sampleInstance(`${team}-${api.fleet.size}`, { labels: { team } }));
    }

    const { json } = await api.call("DELETE", "/instances?label=team=blue");

    expect(json).toEqual({ removed: 2 });
    expect(api.fleet.size).toBe(2);
  });

  test("without a label is refused", async () => {
    await using api = await testApi();

    const { status, json } = await api.call("DELETE", "/instances");

    expect([status, json.errors]).toEqual([400, [{ pointer: "/query/label", detail: "is missing" }]]);
  });
});
