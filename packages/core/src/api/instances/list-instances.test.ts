import { describe, expect, test } from "@jest/globals";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

describe("reading instances", () => {
  test("one by its canonical path and by its short one is the same", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });

    const [long, short] = [await api.call("GET", "/api/v1/instances/1"), await api.call("GET", "/instances/1")];

    expect(long.status).toBe(200);
    expect(short.json).toEqual(long.json);
  });

  test("0 is this daemon's own host, which is also in the list", async () => {
    await using api = await testApi();

    const { json } = await api.call("GET", "/instances/0");
    const listed = await api.call("GET", "/instances");

    expect(json).toMatchObject({ id: 0, name: "this-host", kind: "host" });
    expect(listed.json.items).toEqual([json]);
  });

  test.each([
    "abc",
    "-",
    "1.5",
    "01",
    "1e3",
    "0x1",
    "+1",
    "%20",
    "-0",
    "99999999999",
    "__proto__",
    "..%2f..",
    "%00",
    "bulk",
  ])("by the bad id %s answers 400", async (id) => {
    await using api = await testApi();

    const { status, json } = await api.call("GET", `/instances/${id}`);

    expect([status, json.code, json.errors]).toEqual([
      400,
      "REQUEST_INVALID",
      [{ pointer: "/path/id", detail: "must be a whole number" }],
    ]);
  });

  test("by an unknown id gets 404", async () => {
    await using api = await testApi();

    const { status, json } = await api.call("GET", "/instances/7");

    expect([status, json.code]).toEqual([404, "INSTANCE_NOT_FOUND"]);
  });

  test("in pages of two by name returns every instance once, in order", async () => {
    await using api = await testApi();
    for (const name of ["d", "b", "a", "c"]) await api.call("POST", "/instances", { body: { ...WEB, name } });

    const names: string[] = [];
    for (let cursor = ""; ;) {
      const { json } = await api.call("GET", `/instances?sort=name&limit=2${cursor}`);
      names.push(...json.items.map((item: { name: string }) => item.name));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }

    expect(names).toEqual(["a", "b", "c", "d", "this-host"]);
  });

  test("by status shows those that have it now", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });
    api.fleet.latest.record(sampleBatch([{ id: 1, reason: 5, values: { up: 0 } }]));

    const { json } = await api.call("GET", "/instances?status=down");

    expect(json.items).toMatchObject([{ id: 1, status: "down", reason: "refused" }]);
  });

  test.each([
    ["limit=0", "/query/limit"],
    ["limit=1001", "/query/limit"],
    ["limit=1e2", "/query/limit"],
    ["limit=", "/query/limit"],
    ["limit=1&limit=2", "/query/limit"],
    ["status=fine", "/query/status"],
    ["sort=ip", "/query/sort"],
    ["label=team", "/query/label"],
    ["q=", "/query/q"],
    ["cursor=x", "/query/cursor"],
    ["colour=red", "/query/colour"],
  ])("with ?%s answers 400", async (query, pointer) => {
    await using api = await testApi();

    const { status, json } = await api.call("GET", `/instances?${query}`);

    expect(status).toBe(400);
    expect(json.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  test("with a cursor of another order gets 400", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });
    const { nextCursor } = (await api.call("GET", "/instances?limit=1")).json;

    const { status } = await api.call("GET", `/instances?sort=name&cursor=${nextCursor}`);

    expect(status).toBe(400);
  });
});
