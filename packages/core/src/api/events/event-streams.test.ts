import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CloudMonitorError } from "../../model/errors.ts";
import { sampleBatch, sampleInstance } from "../../fleet/testing/sample-instance.ts";
import { statusEvent, storeEvents } from "../testing/store-events.ts";
import { openStream } from "../testing/test-stream.ts";
import type { TestStream } from "../testing/test-stream.ts";
import { testApi } from "../testing/test-api.ts";
import type { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let port: number;
let streams: TestStream[];

beforeEach(async () => {
  api = await testApi();
  ({ port } = await api.server.listen());
  streams = [];
});

afterEach(async () => {
  for (const stream of streams) stream.close();
  await api[Symbol.asyncDispose]();
});

async function open(query = "", headers: Record<string, string> = {}): Promise<TestStream> {
  const stream = await openStream(port, `/api/v1/events?${query}`, headers);
  streams.push(stream);
  return stream;
}

/** Stores a status event for each name of an instance. */
async function store(...ids: readonly number[]): Promise<void> {
  await storeEvents(
    api.storage,
    ids.map((id) => statusEvent(id, api.clock.wallMs(), "up")),
  );
}

/** Each second ends when what it started has ended. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    api.clock.advance(1_000);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

describe("events", () => {
  test("come as they are stored, with their ids", async () => {
    await store(1);
    const stream = await open();
    await store(2, 3);

    const [first, second] = [await stream.next("event"), await stream.next("event")];

    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" });
    expect([first.id, second.id]).toEqual(["2", "3"]);
    expect(JSON.parse(first.data)).toMatchObject({ id: 2, type: "status", name: "instance-2", status: "up" });
  });

  test("a client that names the last one it saw gets every later one, then the new ones", async () => {
    await store(...Array.from({ length: 450 }, (_, i) => i));
    const stream = await open("", { "last-event-id": "3" });
    await store(1_000);

    const ids: number[] = [];
    while (ids.length < 448) ids.push(Number((await stream.next("event")).id));

    expect(ids).toEqual(Array.from({ length: 448 }, (_, i) => i + 4));
  });

  test("a client that saw none yet is told where it began, so that it can resume", async () => {
    await store(1, 2);
    const stream = await open();

    expect((await stream.next("")).id).toBe("2");
  });

  test("an id that was never given counts as the last one", async () => {
    await store(1, 2);
    const stream = await open("lastEventId=99");
    await store(3);

    expect((await stream.next("event")).id).toBe("3");
  });

  test("come filtered by instance and type", async () => {
    const stream = await open("instance=2&type=status");
    await store(1, 2, 3);

    expect((await stream.next("event")).id).toBe("2");
  });

  test("of other daemons come within a second", async () => {
    const stream = await open();
    const { onStored } = api.storage.events;
    api.storage.events.onStored = null;
    await store(1);
    api.storage.events.onStored = onStored;
    api.clock.advance(1_000);

    expect((await stream.next("event")).id).toBe("1");
  });

  test("a storage that is away refuses a stream", async () => {
    await api.storage.stop();

    expect((await open()).status).toBe(503);
  });

  test("a storage that is away for a while delays the events of open streams", async () => {
    const stream = await open();
    await api.storage.stop();
    await pass(3);
    await api.storage.start();
    await store(1);

    expect((await stream.next("event")).id).toBe("1");
  });
});

describe("values", () => {
  test("come once a second, of the instances asked for, and only what changed", async () => {
    const [one, two] = await api.inventory.createMany([sampleInstance("one"), sampleInstance("two")]);
    const stream = await open(`topics=values:${one!.id},${two!.id},0,99`);
    const first = JSON.parse((await stream.next("values")).data) as { instanceId: number; status: string }[];
    await pass(1);
    api.fleet.latest.record(sampleBatch([{ id: two!.id, timestampMs: api.clock.wallMs(), values: { load1: 2.5 } }]));
    await pass(1);

    const second = JSON.parse((await stream.next("values")).data) as unknown[];

    expect(first.map(({ instanceId, status }) => [instanceId, status])).toEqual([
      [one!.id, "pending"],
      [two!.id, "pending"],
      [0, "pending"],
    ]);
    expect(second).toEqual([
      expect.objectContaining({ instanceId: two!.id, status: "up", metrics: expect.objectContaining({ load1: 2.5 }) }),
    ]);
  });

  test("say when an instance becomes stale, without a new sample", async () => {
    const { id } = await api.inventory.create(sampleInstance("one"));
    api.fleet.latest.record(sampleBatch([{ id, timestampMs: api.clock.wallMs() }]));
    const stream = await open(`topics=values:${id}`);
    await stream.next("values");
    await pass(13);

    expect(JSON.parse((await stream.next("values")).data)).toMatchObject([{ status: "stale" }]);
  });

  test("need no storage, and carry no id", async () => {
    await api.storage.stop();
    const stream = await open("topics=values:0");

    expect(await stream.next("values")).toMatchObject({ id: null });
  });
});

test("a heartbeat comes every five seconds", async () => {
  const stream = await open();
  await pass(5);

  expect(await stream.comment()).toBe("heartbeat");
});

test("a client that does not read is closed at a limit, and counted", async () => {
  const stream = await open();
  stream.pause();
  const long = { ...statusEvent(1, 0, "up"), details: { text: "x".repeat(100_000) } };
  // Beyond the buffers of the kernel, which are several megabytes.
  for (let i = 0; i < 20; i++) {
    await storeEvents(
      api.storage,
      Array.from({ length: 10 }, () => long),
    );
    await pass(1);
  }

  const { text } = await api.call("GET", "/metrics");
  expect(text).toContain('cloud_monitor_http_connections_dropped_total{reason="stalled"} 1');
});

test("closing the server ends open streams, and no timer stays", async () => {
  const stream = await open();

  await api.server.close();

  await stream.ended;
  expect(api.clock.pending).toBe(0);
});

test("a HEAD request, and an Accept that prefers JSON, get no stream", async () => {
  const head = await api.call("HEAD", "/api/v1/events", { headers: { accept: "text/event-stream" } });
  const json = await api.call("GET", "/api/v1/events", { headers: { accept: "*/*" } });

  expect([head.status, json.status]).toEqual([200, 200]);
  expect(json.json).toEqual({ items: [], nextCursor: null });
});

test("a failure in the middle of what it missed ends the stream, so that the client comes again", async () => {
  await store(1, 2, 3);
  const { events } = api.storage;
  const after = events.after.bind(events);
  events.after = async () => {
    throw new CloudMonitorError("STORE_UNAVAILABLE", "away", { retryable: true });
  };
  const stream = await open("lastEventId=0");

  await expect(stream.ended).resolves.toBeUndefined();
  events.after = after;
});
