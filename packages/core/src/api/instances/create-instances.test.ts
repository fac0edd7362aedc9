import { describe, expect, test } from "@jest/globals";
import { sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

describe("creating instances in bulk", () => {
  test("returns a result for each, in order", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });

    const { status, json } = await api.call("POST", "/instances/bulk", {
      body: [
        { ...WEB, name: "a" },
        WEB,
        { name: "b" },
        { ...WEB, name: "a" },
        { ...WEB, name: "c", kind: "host" },
        5,
        { ...WEB, name: "d" },
      ],
    });

    expect(status).toBe(200);
    expect(json.results.map((result: { status: number }) => result.status)).toEqual([
      201, 409, 400, 409, 400, 400, 201,
    ]);
    expect([json.created, json.failed]).toEqual([2, 5]);
    expect(json.results[0].instance).toMatchObject({ id: 2, name: "a" });
    expect(json.results[2].problem.errors).toEqual([{ pointer: "/ip", detail: "is missing" }]);
    expect(json.results[6].instance).toMatchObject({ id: 3, name: "d" });
  });

  test("finds the name that another daemon took in the meantime, and creates the others", async () => {
    await using api = await testApi();
    await api.storage.instances.create([sampleInstance("n-5")]);
    const body = Array.from({ length: 9 }, (_, i) => ({ ...WEB, name: `n-${i}` }));

    const { json } = await api.call("POST", "/instances/bulk", { body });

    expect(json.results.map((result: { status: number }) => result.status)).toEqual([
      201, 201, 201, 201, 201, 409, 201, 201, 201,
    ]);
    expect(api.fleet.size).toBe(9);
  });

  test("of 10,000 is accepted, of 10,001 is refused", async () => {
    await using api = await testApi();
    const body = Array.from({ length: 10_001 }, (_, i) => ({
      name: `n-${i}`,
      ip: "10.0.0.1",
      labels: { rack: `r${i % 40}` },
    }));

    const over = await api.call("POST", "/instances/bulk", { body });
    const full = await api.call("POST", "/instances/bulk", { body: body.slice(1) });

    expect([over.status, full.status, full.json.created]).toEqual([400, 200, 10_000]);
  });

  test("gets 503 as a whole while the database is unavailable", async () => {
    await using api = await testApi();
    await api.storage.stop();

    const { status } = await api.call("POST", "/instances/bulk", { body: [WEB] });

    expect(status).toBe(503);
  });

  test("yields to other requests, and returns a result for each of the rest when the database fails in between", async () => {
    let turns = 0;
    const yieldToLoop = async () => {
      if (++turns === 2) await api.storage.stop();
    };
    await using api = await testApi({ yieldToLoop });
    const body = Array.from({ length: 3_500 }, (_, i) => ({ ...WEB, name: `n-${i}` }));

    const { status, json } = await api.call("POST", "/instances/bulk", { body });

    expect([status, json.created, json.failed]).toEqual([200, 2_000, 1_500]);
    expect(json.results[2_000]).toMatchObject({ status: 503, problem: { code: "STORE_UNAVAILABLE" } });
    expect(turns).toBe(4);
  });
});
