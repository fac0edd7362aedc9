import { beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { concatBatches } from "../../model/batch.ts";
import type { Batch } from "../../model/batch.ts";
import type { NewEvent, UnwatchedTime } from "../../model/event.ts";
import type { LastStatus } from "../../model/event-store.ts";
import { FAILURE_REASONS } from "../../model/failure.ts";
import type { Instance } from "../../model/instance.ts";
import type { RecordChanges } from "../../model/sink.ts";
import { availabilityOf } from "../../storage/memory/availability.ts";
import { sampleBatch, sampleInstance } from "../testing/sample-instance.ts";
import { StatusTracker } from "./status-tracker.ts";

const TIMEOUT = FAILURE_REASONS.indexOf("timeout");
/** Of an interval of 5 s. */
const STALE_AFTER_MS = 11_000;
/** For so long a row may be under way. */
const UNDER_WAY_MS = 10_000;
let tracker: StatusTracker;

beforeEach(() => {
  tracker = new StatusTracker();
  tracker.put(instance(1));
});

describe("rows become events", () => {
  test("the first row, and each that changes the status, with its slot, its reason and what was before", () => {
    const changes = tracker.observe(
      rows([
        [1, 0, 1],
        [1, 5_000, 1],
        [1, 10_000, 0],
        [1, 15_000, 0],
        [1, 20_000, 1],
      ]),
    );

    const event = { type: "status", instanceId: 1, instanceName: "instance-1" };
    expect(changes.events).toEqual([
      { ...event, atMs: 0, status: "up", reason: null, details: null },
      { ...event, atMs: 10_000, status: "down", reason: "timeout", details: { previous: "up", lastedSeconds: 10 } },
      { ...event, atMs: 20_000, status: "up", reason: null, details: { previous: "down", lastedSeconds: 10 } },
    ]);
    expect(changes.unwatched).toEqual([]);
  });

  test("a slot that is stored already shows nothing new", () => {
    tracker.observe(rows([[1, 5_000, 1]]));

    expect(tracker.observe(rows([[1, 5_000, 0]])).events).toEqual([]);
  });

  test("a row that a later one has overtaken shows nothing new", () => {
    tracker.observe(
      rows([
        [1, 5_000, 1],
        [1, 10_000, 1],
      ]),
    );

    expect(tracker.observe(rows([[1, 5_100, 0]])).events).toEqual([]);
    expect(tracker.observe(rows([[1, 15_000, 1]]))).toEqual({ events: [], unwatched: [] });
  });

  test("a row that was under way when its instance was found stale ends that at the same moment", () => {
    tracker.observe(rows([[1, 0, 1]]));
    tracker.sweep(60_000);

    const changes = tracker.observe(
      rows([
        [1, 5_000, 1],
        [1, 15_000, 1],
      ]),
    );

    expect(changes).toMatchObject({ events: [{ atMs: STALE_AFTER_MS, status: "up" }], unwatched: [] });
  });

  test("rows from before a step of the clock count by their own time", () => {
    tracker.observe(rows([[1, 3_600_000, 1]]));

    const changes = tracker.observe(rows([[1, 5_000, 0]]));

    expect(changes.events).toMatchObject([{ atMs: 5_000, status: "down" }]);
  });

  test("rows of instances that are not tracked are ignored", () => {
    tracker.forget(1);

    expect(
      tracker.observe(
        rows([
          [1, 0, 1],
          [9, 0, 1],
        ]),
      ).events,
    ).toEqual([]);
  });

  test("the place of a removed instance keeps nothing of it", () => {
    tracker.observe(rows([[1, 0, 0]]));
    tracker.forget(1);
    tracker.put(instance(2));

    expect(tracker.observe(rows([[2, 60_000, 0]])).events).toMatchObject([{ status: "down", details: null }]);
    expect(tracker.sweep(1e9).events).toMatchObject([{ instanceId: 2 }]);
  });
});

describe("time without rows", () => {
  test("makes an instance stale after two intervals and a second, once", () => {
    tracker.observe(rows([[1, 0, 1]]));

    const [before, at, after] = [0, 1, 99_000].map((ms) => tracker.sweep(STALE_AFTER_MS + UNDER_WAY_MS + ms).events);

    expect([before, after]).toEqual([[], []]);
    expect(at).toMatchObject([{ atMs: 11_000, status: "stale", details: { previous: "up", lastedSeconds: 11 } }]);
  });

  test("between two rows is unwatched, and no event", () => {
    const changes = tracker.observe(
      rows([
        [1, 0, 1],
        [1, 60_000, 1],
      ]),
    );

    expect(changes.events).toHaveLength(1);
    expect(changes.unwatched).toEqual([{ instanceId: 1, fromMs: STALE_AFTER_MS, toMs: 60_000 }]);
  });

  test("in which it was stale is not unwatched a second time", () => {
    tracker.observe(rows([[1, 0, 1]]));
    tracker.sweep(59_000);

    const changes = tracker.observe(rows([[1, 60_000, 1]]));

    expect(changes).toMatchObject({ events: [{ atMs: 60_000, status: "up" }], unwatched: [] });
  });

  test("in which nobody watched makes it stale only after it was watched for long enough", () => {
    tracker.observe(rows([[1, 0, 1]]));
    tracker.watchFrom(60_000);

    const [before, after] = [0, 1].map((ms) => tracker.sweep(60_000 + STALE_AFTER_MS + UNDER_WAY_MS + ms));

    expect(before!.events).toEqual([]);
    expect(after!.events).toMatchObject([{ atMs: 71_000, status: "stale" }]);
    expect(after!.unwatched).toEqual([{ instanceId: 1, fromMs: STALE_AFTER_MS, toMs: 71_000 }]);
  });

  test("does not make an instance stale that never had a row", () => {
    expect(tracker.sweep(1e9).events).toEqual([]);
  });
});

describe("after a restart", () => {
  const stored: readonly LastStatus[] = [{ instanceId: 1, status: "up", atMs: 1_000 }];

  test("the same status is no event, and lasts since it began", () => {
    tracker.restore(stored, rows([[1, 60_000, 1]]));

    const changes = tracker.observe(rows([[1, 65_000, 1]]));

    expect(changes).toEqual({ events: [], unwatched: [] });
    expect(tracker.since(1, "up")).toBe(1_000);
    expect(tracker.since(1, "down")).toBeNull();
  });

  test("the time without a daemon is unwatched", () => {
    tracker.restore(stored, rows([[1, 60_000, 1]]));

    const changes = tracker.observe(rows([[1, 300_000, 0]]));

    expect(changes.unwatched).toEqual([{ instanceId: 1, fromMs: 71_000, toMs: 300_000 }]);
    expect(changes.events).toMatchObject([{ status: "down", details: { previous: "up", lastedSeconds: 299 } }]);
  });

  test("what is stored of unknown instances is ignored", () => {
    tracker.restore([{ instanceId: 5, status: "down", atMs: 0 }], rows([[5, 0, 0]]));

    expect(tracker.sweep(1e9).events).toEqual([]);
  });
});

test("of any rows, lost ones and restarts included, the availability by events is that by the rows themselves", () => {
  const slot = fc.record({
    isCollected: fc.boolean(),
    isUp: fc.boolean(),
    isRestart: fc.boolean(),
    isSwept: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(slot, { minLength: 1, maxLength: 60 }), (slots) => {
      const stored = new StoredChanges();
      const all: [number, number, number][] = [];
      let mine = new StatusTracker();
      mine.put(instance(1));
      slots.forEach(({ isCollected, isRestart, isSwept, isUp }, index) => {
        const atMs = index * 5_000;
        if (isRestart) {
          mine = new StatusTracker();
          mine.put(instance(1));
          mine.restore(stored.last, rows(all.slice(-1)));
          mine.watchFrom(atMs);
        }
        if (isSwept) stored.add(mine.sweep(atMs));
        if (!isCollected) return;
        all.push([1, atMs, isUp ? 1 : 0]);
        stored.add(mine.observe(rows(all.slice(-1))));
      });
      const range = { fromMs: 0, toMs: slots.length * 5_000 };
      const lastMs = all.at(-1)?.[1] ?? 0;
      if (range.toMs > lastMs + STALE_AFTER_MS) {
        mine.watchFrom(Number.NEGATIVE_INFINITY);
        stored.add(mine.sweep(range.toMs + UNDER_WAY_MS));
      }

      const { downSeconds, upSeconds } = availabilityOf(range, stored.events, stored.unwatched);

      expect({ upSeconds, downSeconds }).toEqual(secondsByRows(all, range.toMs));
    }),
  );
});

/** A row's value holds until the next row, at most for two intervals and a second. */
function secondsByRows(all: readonly (readonly [number, number, number])[], toMs: number) {
  const seconds = { upSeconds: 0, downSeconds: 0 };
  all.forEach(([, atMs, up], index) => {
    const untilMs = Math.min(all[index + 1]?.[1] ?? toMs, atMs + STALE_AFTER_MS, toMs);
    seconds[up === 1 ? "upSeconds" : "downSeconds"] += (untilMs - atMs) / 1000;
  });
  return seconds;
}

/** What a storage would have. */
class StoredChanges {
  readonly events: (NewEvent & { id: number })[] = [];
  readonly unwatched: UnwatchedTime[] = [];

  add({ events, unwatched }: RecordChanges): void {
    for (const event of events) this.events.push({ ...event, id: this.events.length + 1 });
    this.unwatched.push(...unwatched);
  }

  get last(): readonly LastStatus[] {
    const event = this.events.at(-1);
    return event === undefined ? [] : [{ instanceId: 1, status: event.status!, atMs: event.atMs }];
  }
}

function instance(id: number): Instance {
  return { ...sampleInstance(`instance-${id}`), id, createdAtMs: 0 };
}

/** Rows of id, slot and `up`. */
function rows(all: readonly (readonly [number, number, number])[]): Batch {
  if (all.length === 0) return concatBatches([sampleBatch([])]);
  return sampleBatch(
    all.map(([id, timestampMs, up]) => ({ id, timestampMs, reason: up === 1 ? 0 : TIMEOUT, values: { up } })),
  );
}
