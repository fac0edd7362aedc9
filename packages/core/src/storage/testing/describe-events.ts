import { expect, test } from "@jest/globals";
import type { NewEvent, StoredEvent, UnwatchedTime } from "../../model/event.ts";
import type { EventQuery } from "../../model/event-store.ts";
import type { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { batchOf, newInstance, row } from "./fixtures.ts";

const HOUR_MS = 3_600_000;

export function describeEvents(storage: () => Storage, clock: () => ManualClock): void {
  describeEventWriting(storage, clock);
  describeEventLists(storage, clock);
  describeInstanceEvents(storage, clock);
  describeAvailability(storage, clock);
}

function describeEventWriting(storage: () => Storage, clock: () => ManualClock): void {
  test("events have ids from 1, in the order of writing, and keep every field", async () => {
    const at = clock().wallMs();
    const down = {
      ...status(7, at, "down"),
      reason: "timeout",
      details: { previous: "up", lastedSeconds: 1.5 },
    } as const;
    await writeEvents(storage(), "a", [down]);
    await writeEvents(storage(), "b", [daemonEvent(-3, at - HOUR_MS), status(7, at + 5, "up")]);

    const stored = await storage().events.after(0, 10);

    expect(stored).toEqual([
      { id: 1, ...down },
      { id: 2, ...daemonEvent(-3, at - HOUR_MS) },
      { id: 3, ...status(7, at + 5, "up") },
    ]);
    expect(await storage().events.lastId()).toBe(3);
  });

  test("a record written twice stores its events and unwatched times once", async () => {
    const at = clock().wallMs();
    const unwatched = [{ instanceId: 1, fromMs: at - 10, toMs: at }];
    const record = { events: [status(1, at, "up")], unwatched };

    await storage().write({ id: "a", batch: batchOf([row(1, at)]), changes: record }, neverAborted());
    const again = await storage().write({ id: "a", batch: batchOf([row(1, at)]), changes: record }, neverAborted());

    expect(again).toEqual({ delivered: 0, duplicates: 1, quarantined: 0 });
    expect(await storage().events.after(0, 10)).toHaveLength(1);
  });

  test("calls its reader after a write with events, and not after one without", async () => {
    let calls = 0;
    storage().events.onStored = () => calls++;
    await storage().write({ id: "rows", batch: batchOf([row(1, clock().wallMs())]) }, neverAborted());
    const before = calls;

    await writeEvents(storage(), "events", [status(1, clock().wallMs(), "up")]);

    expect([before, calls]).toEqual([0, 1]);
  });
}

function describeEventLists(storage: () => Storage, clock: () => ManualClock): void {
  test("a list has the latest first, within its range, and goes on after its last event", async () => {
    const at = clock().wallMs();
    const times = [0, 1, 1, 2, 3].map((seconds) => at + seconds * 1000);
    await writeEvents(
      storage(),
      "a",
      times.map((atMs) => status(1, atMs, "up")),
    );

    const first = await list(storage(), { fromMs: at + 1000, toMs: at + 3000, limit: 2 });
    const { atMs, id } = first.at(-1)!;
    const rest = await list(storage(), { fromMs: at + 1000, toMs: at + 3000, before: { atMs, id } });

    expect(first.map((event) => event.id)).toEqual([4, 3]);
    expect(rest.map((event) => event.id)).toEqual([2]);
  });

  test("a list selects by instance and by type", async () => {
    const at = clock().wallMs();
    await writeEvents(storage(), "a", [status(1, at, "up"), status(2, at, "up"), daemonEvent(1, at)]);

    const ofOne = await list(storage(), { instanceId: 1 });
    const ofType = await list(storage(), { types: ["daemon_started", "clock_stepped"] });

    expect(ofOne.map(({ id }) => id)).toEqual([3, 1]);
    expect(ofType.map(({ id }) => id)).toEqual([3]);
  });

  test("those after an id come in order, at most as many as asked for", async () => {
    const at = clock().wallMs();
    await writeEvents(storage(), "a", [status(1, at + 9, "up"), status(1, at, "down"), status(1, at + 3, "up")]);

    expect((await storage().events.after(1, 1)).map(({ id }) => id)).toEqual([2]);
    expect(await storage().events.after(3, 10)).toEqual([]);
  });

  test("knows the last status of each instance that is not deleted", async () => {
    const at = clock().wallMs();
    await storage().instances.create(["one", "two", "three"].map((name) => newInstance(name)));
    const statuses = [status(1, at, "up"), status(1, at + 5, "down"), status(2, at, "stale")];
    await writeEvents(storage(), "a", [...statuses, daemonEvent(1, at + 9)]);
    await storage().instances.remove([2]);

    expect(await storage().events.lastStatuses()).toEqual([{ instanceId: 1, status: "down", atMs: at + 5 }]);
  });
}

function describeInstanceEvents(storage: () => Storage, clock: () => ManualClock): void {
  test("changes of instances are events, stored with the change", async () => {
    const at = clock().wallMs();
    await storage().instances.create([newInstance("one"), newInstance("two")]);
    await storage().instances.update(1, { name: "first", interval: 60, ip: "10.0.0.1" });
    await storage().instances.update(2, { interval: 5 });
    await storage().instances.updateMany([{ id: 2, change: { labels: {} } }]);
    await storage().instances.remove([2, 2, 9]);

    const event = { atMs: at, status: null, reason: null };
    expect(await storage().events.after(0, 10)).toEqual([
      { ...event, id: 1, type: "instance_added", instanceId: 1, instanceName: "one", details: ADDED },
      { ...event, id: 2, type: "instance_added", instanceId: 2, instanceName: "two", details: ADDED },
      {
        ...event,
        id: 3,
        type: "instance_changed",
        instanceId: 1,
        instanceName: "first",
        details: { changed: ["name", "interval"], previousName: "one" },
      },
      {
        ...event,
        id: 4,
        type: "instance_changed",
        instanceId: 2,
        instanceName: "two",
        details: { changed: ["labels"] },
      },
      { ...event, id: 5, type: "instance_removed", instanceId: 2, instanceName: "two", details: { source: "api" } },
    ]);
  });

  test("a refused change leaves no event", async () => {
    await storage().instances.create([newInstance("one")]);

    await expect(storage().instances.create([newInstance("two"), newInstance("one")])).rejects.toMatchObject({
      code: "INSTANCE_NAME_TAKEN",
    });

    expect(await storage().events.lastId()).toBe(1);
  });
}

function describeAvailability(storage: () => Storage, clock: () => ManualClock): void {
  test("availability is the time up and down; what nobody watched is unknown", async () => {
    const at = await created(storage(), clock(), ["one"]);
    const events = [status(1, at + 10_000, "up"), status(1, at + 40_000, "down"), status(1, at + 46_000, "stale")];
    const back = [status(1, at + 50_000, "up"), status(1, at + 95_000, "down")];
    await writeEvents(
      storage(),
      "a",
      [...events, ...back],
      [{ instanceId: 1, fromMs: at + 60_000, toMs: at + 61_500 }],
    );

    const whole = await storage().events.availability({ instanceId: 1, fromMs: at, toMs: at + 100_000 });
    const part = await storage().events.availability({ instanceId: 1, fromMs: at + 42_000, toMs: at + 61_000 });

    expect(whole).toEqual({
      upSeconds: 30 + 43.5,
      downSeconds: 11,
      unknownSeconds: 10 + 4 + 1.5,
      outages: 2,
      longestOutageSeconds: 6,
    });
    expect(part).toEqual({
      upSeconds: 10,
      downSeconds: 4,
      unknownSeconds: 4 + 1,
      outages: 1,
      longestOutageSeconds: 4,
    });
  });

  test("a fleet's availability is the sum over its instances, each from its creation", async () => {
    const at = await created(storage(), clock(), ["one", "two"]);
    await writeEvents(storage(), "a", [status(1, at, "up"), status(2, at + 5_000, "down")]);

    const fleet = { instanceId: null, fromMs: at - HOUR_MS, toMs: at + 10_000 };
    expect(await storage().events.availability(fleet)).toEqual({
      upSeconds: 10,
      downSeconds: 5,
      unknownSeconds: 5,
      outages: 1,
      longestOutageSeconds: 5,
    });
  });

  test("nothing is known of an instance without a row, or that does not exist", async () => {
    const at = await created(storage(), clock(), ["one"]);

    const range = { fromMs: at, toMs: at + 10_000 };
    const [one, none] = [
      await storage().events.availability({ ...range, instanceId: 1 }),
      await storage().events.availability({ ...range, instanceId: 99 }),
    ];
    const nothing = { upSeconds: 0, downSeconds: 0, outages: 0, longestOutageSeconds: 0 };
    expect([one, none]).toEqual([
      { ...nothing, unknownSeconds: 10 },
      { ...nothing, unknownSeconds: 0 },
    ]);
  });
}

const ADDED = { kind: "simulated", source: "api" };

/** Creates instances and returns the time at which they were created. */
async function created(storage: Storage, clock: ManualClock, names: readonly string[]): Promise<number> {
  await storage.instances.create(names.map((name) => newInstance(name)));
  return clock.wallMs();
}

function status(instanceId: number, atMs: number, to: "up" | "down" | "stale"): NewEvent {
  const instanceName = `instance-${instanceId}`;
  return { atMs, type: "status", instanceId, instanceName, status: to, reason: null, details: null };
}

function daemonEvent(instanceId: number, atMs: number): NewEvent {
  const details = { version: "1.2.3" };
  return { atMs, type: "daemon_started", instanceId, instanceName: "vm", status: null, reason: null, details };
}

async function writeEvents(
  storage: Storage,
  id: string,
  events: readonly NewEvent[],
  unwatched: readonly UnwatchedTime[] = [],
): Promise<void> {
  await storage.write({ id, batch: batchOf([]), changes: { events, unwatched } }, neverAborted());
}

function list(storage: Storage, query: Partial<EventQuery>): Promise<readonly StoredEvent[]> {
  const all = { fromMs: 0, toMs: Date.UTC(2100), instanceId: null, types: null, before: null, limit: 100 };
  return storage.events.list({ ...all, ...query });
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
