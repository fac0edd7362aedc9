import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { NewEvent } from "../../model/event.ts";
import { allocateBatch } from "../../model/batch.ts";
import { sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";
import type { TestApi } from "../testing/test-api.ts";
import { statusEvent, storeEvents } from "../testing/store-events.ts";

let api: TestApi;
let startMs: number;

beforeEach(async () => {
  api = await testApi();
  startMs = api.clock.wallMs();
});

afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

test("lists the latest first, with names, reasons and details as they were stored", async () => {
  const down = { ...statusEvent(3, startMs + 5_000, "down"), reason: "timeout", details: { previous: "up" } } as const;
  await storeEvents(api.storage, [statusEvent(3, startMs, "up"), down]);

  const { json, status } = await api.call("GET", "/api/v1/events?to=4000000000");

  expect(status).toBe(200);
  expect(json).toEqual({
    items: [
      {
        id: 2,
        at: new Date(startMs + 5_000).toISOString(),
        type: "status",
        instanceId: 3,
        name: "instance-3",
        status: "down",
        reason: "timeout",
        details: { previous: "up" },
      },
      expect.objectContaining({ id: 1, status: "up", reason: null, details: null }),
    ],
    nextCursor: null,
  });
});

test("pages join without a gap, also within one millisecond", async () => {
  await storeEvents(
    api.storage,
    Array.from({ length: 5 }, (_, i) => statusEvent(i + 1, startMs - (i % 2), "up")),
  );

  const ids: number[] = [];
  let cursor: string | null = null;
  do {
    const { json } = await api.call("GET", `/api/v1/events?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
    ids.push(...json.items.map(({ id }: { id: number }) => id));
    cursor = json.nextCursor;
  } while (cursor !== null);

  expect(ids).toEqual([5, 3, 1, 4, 2]);
});

test("selects by time, instance and type; 0 is the daemon's own host", async () => {
  const started: NewEvent = { ...statusEvent(api.fleet.hostId, startMs, "up"), type: "daemon_started", status: null };
  await storeEvents(api.storage, [started, statusEvent(1, startMs, "up"), statusEvent(1, startMs + 9_000, "down")]);
  const at = startMs / 1000;

  const ids = async (query: string) => {
    const { json } = await api.call("GET", `/api/v1/events?to=4000000000&${query}`);
    return json.items.map(({ id }: { id: number }) => id);
  };

  expect(await ids("instance=0")).toEqual([1]);
  expect(await ids("instance=1&type=status")).toEqual([3, 2]);
  expect(await ids("type=daemon_started,daemon_stopped&type=clock_stepped")).toEqual([1]);
  expect(await ids(`from=${at + 1}`)).toEqual([3]);
});

test.each([
  ["type=crash", "/query/type"],
  ["instance=x", "/query/instance"],
  ["from=yesterday", "/query/from"],
  ["limit=0", "/query/limit"],
  ["cursor=abc", "/query/cursor"],
  [`cursor=${Buffer.from("[1e300,1]").toString("base64url")}`, "/query/cursor"],
  ["topics=everything", "/query/topics"],
  ["topics=values:", "/query/topics"],
  ["lastEventId=-1", "/query/lastEventId"],
  ["since=1", "/query/since"],
])("refuses %s and names the field", async (query, pointer) => {
  const { json, status } = await api.call("GET", `/api/v1/events?${query}`);

  expect(status).toBe(400);
  expect(json.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
});

test("availability is that of the last 24 hours, of one instance or of all", async () => {
  const [one, two] = await api.inventory.createMany([sampleInstance("one"), sampleInstance("two")]);
  await storeEvents(api.storage, [
    statusEvent(one!.id, startMs, "up"),
    statusEvent(two!.id, startMs, "up"),
    statusEvent(one!.id, startMs + 90_000, "down"),
  ]);
  api.clock.advance(100_000);

  const ofOne = await api.call("GET", `/api/v1/instances/${one!.id}/availability`);
  const ofAll = await api.call("GET", "/api/v1/availability");

  expect(ofOne.json).toEqual({
    instanceId: one!.id,
    name: "one",
    from: new Date(startMs + 100_000 - 86_400_000).toISOString(),
    to: new Date(startMs + 100_000).toISOString(),
    availability: 0.9,
    upSeconds: 90,
    downSeconds: 10,
    unknownSeconds: 0,
    outages: 1,
    longestOutageSeconds: 10,
  });
  // The host is an instance, too, and has no event.
  expect(ofAll.json).toMatchObject({ availability: 0.95, upSeconds: 190, downSeconds: 10, unknownSeconds: 100 });
});

test("availability of the future, or of nothing, is refused; of an unknown instance it is not found", async () => {
  const future = await api.call("GET", "/api/v1/availability?from=4000000000");
  const nothing = await api.call("GET", "/api/v1/availability?from=100&to=100");
  const unknown = await api.call("GET", "/api/v1/instances/99/availability");

  expect([future.status, nothing.status, unknown.status]).toEqual([400, 400, 404]);
});

test("an instance says since when it has its status", async () => {
  const { id } = await api.inventory.create(sampleInstance("one"));
  const pending = await api.call("GET", `/api/v1/instances/${id}`);
  const row = (up: number) => {
    const batch = allocateBatch(1);
    batch.ids[0] = id;
    batch.timestamps[0] = api.clock.wallMs();
    batch.columns[0]![0] = up;
    api.fleet.latest.record(batch);
  };
  row(0);
  api.clock.advance(5_000);
  row(0);
  const down = await api.call("GET", `/api/v1/instances/${id}`);
  api.clock.advance(60_000);
  const stale = await api.call("GET", `/api/v1/instances/${id}`);

  const at = (ms: number) => new Date(startMs + ms).toISOString();
  expect(pending.json).toMatchObject({ status: "pending", since: at(0) });
  expect(down.json).toMatchObject({ status: "down", since: at(0) });
  expect(stale.json).toMatchObject({ status: "stale", since: at(5_000 + 11_000) });
});
