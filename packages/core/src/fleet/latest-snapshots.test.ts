import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import { LatestSnapshots } from "./latest-snapshots.ts";

const LAYOUT = { version: 1, sections: [], names: ["a"], labels: ['device="sda"'], families: [] };
/** 40 for the series and 12 for its labels, 8 for its value. */
const SNAPSHOT_BYTES = 60;

const snapshotOf = (value: number, layout = LAYOUT): SeriesSnapshot => ({
  layout,
  values: Float64Array.of(value),
  readAtMs: 0,
});

function setUp(bytesMax = 1_000) {
  const clock = new ManualClock();
  const asked: number[] = [];
  const answers: PromiseWithResolvers<SeriesSnapshot | null>[] = [];
  const refresh = (id: number) => {
    asked.push(id);
    answers.push(Promise.withResolvers());
    return answers.at(-1)!.promise;
  };
  return { clock, asked, answers, snapshots: new LatestSnapshots({ clock, bytesMax, refresh }) };
}

describe("fresh()", () => {
  test("serves the latest snapshot while it is fresh enough, without a refresh", async () => {
    const { asked, clock, snapshots } = setUp();
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });
    clock.advance(999);

    expect(await snapshots.fresh(1, 1_000)).toEqual(snapshotOf(1));
    expect(asked).toEqual([]);
  });

  test("requests a refresh when it is older", async () => {
    const { answers, clock, snapshots } = setUp();
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });
    clock.advance(1_000);
    const fresh = snapshots.fresh(1, 1_000);
    answers[0]!.resolve(snapshotOf(2));

    expect(await fresh).toEqual(snapshotOf(2));
  });

  test("is null when the refresh takes over 1 s, and from then on over 100 ms until something arrives", async () => {
    const { answers, clock, snapshots } = setUp();
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });
    const waitOf = async (result: Promise<SeriesSnapshot | null>) => {
      const startMs = clock.monotonicMs();
      let endMs = NaN;
      const settled = result.then((snapshot) => {
        endMs = clock.monotonicMs();
        return snapshot;
      });
      for (let elapsedMs = 0; Number.isNaN(endMs) && elapsedMs < 3_000; elapsedMs += 100) {
        clock.advance(100);
        // As many turns as there are promises in the way.
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
      return [await settled, endMs - startMs];
    };
    clock.advance(1);
    const first = await waitOf(snapshots.fresh(1, 0));
    const second = await waitOf(snapshots.fresh(1, 0));
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(2) });
    clock.advance(1);
    const third = await waitOf(snapshots.fresh(1, 0));
    const refused = snapshots.fresh(1, 0);
    answers.at(-1)!.resolve(null);

    expect([first, second, third]).toEqual([
      [null, 1_000],
      [null, 100],
      [null, 1_000],
    ]);
    expect(await refused).toBeNull();
  });

  test("is what another collection brings meanwhile", async () => {
    const { clock, snapshots } = setUp();
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });
    clock.advance(5_000);
    const fresh = snapshots.fresh(1, 1_000);
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(2) });
    clock.advance(1_000);

    expect(await fresh).toEqual(snapshotOf(2));
  });

  test("waits 2 s for the first, and then there is none", async () => {
    const { clock, snapshots } = setUp();
    let isSettled = false;
    const first = snapshots.fresh(1, 0).finally(() => (isSettled = true));
    clock.advance(1_999);
    await Promise.resolve();
    const before = isSettled;
    clock.advance(1);

    expect(before).toBe(false);
    expect(await first).toBeNull();
  });
});

describe("the byte limit", () => {
  test("evicts those that nobody read first, then the least recently read one, and counts them", async () => {
    const { snapshots } = setUp(2 * SNAPSHOT_BYTES);
    const record = (id: number) => snapshots.record({ instanceId: id, snapshot: snapshotOf(id) });
    const kept = () => [1, 2, 3, 4].filter((id) => snapshots.get(id) !== null);
    [1, 2].forEach(record);
    await snapshots.fresh(1, 1_000);
    [1, 2, 3].forEach(record);
    const ofUnread = kept();
    await snapshots.fresh(3, 1_000);
    await snapshots.fresh(1, 1_000);
    record(4);

    expect([ofUnread, kept()]).toEqual([
      [1, 3],
      [1, 3],
    ]);
    expect(snapshots.stats).toEqual({ bytes: 2 * SNAPSHOT_BYTES, evicted: 2 });
  });

  test("also applies to a single snapshot", () => {
    const { snapshots } = setUp(SNAPSHOT_BYTES - 1);
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });

    expect(snapshots.get(1)).toBeNull();
    expect(snapshots.stats).toEqual({ bytes: 0, evicted: 1 });
  });

  test("is released when an instance is removed, and follows a growing layout", () => {
    const { snapshots } = setUp();
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(1) });
    snapshots.record({ instanceId: 1, snapshot: snapshotOf(2, { ...LAYOUT, labels: ['device="sda1"'] }) });
    snapshots.record({ instanceId: 2, snapshot: snapshotOf(3) });
    snapshots.record({ instanceId: 2, snapshot: snapshotOf(4) });
    const { bytes } = snapshots.stats;
    snapshots.forget(1);
    snapshots.forget(2);
    snapshots.forget(2);

    expect(bytes).toBe(2 * SNAPSHOT_BYTES + 1);
    expect(snapshots.stats.bytes).toBe(0);
  });
});
