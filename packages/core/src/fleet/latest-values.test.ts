import { describe, expect, test } from "@jest/globals";
import { COLUMN, CORE_METRICS } from "../model/core-metrics.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { LatestValues } from "./latest-values.ts";
import { sampleBatch } from "./testing/sample-instance.ts";

function tracking(...ids: number[]) {
  const clock = new ManualClock();
  const latest = new LatestValues(clock);
  ids.forEach((id) => latest.track(id));
  const value = (id: number) => latest.columns[COLUMN.load1]![latest.row(id)];
  return { clock, latest, value };
}

describe("the latest values", () => {
  test("have no row for an instance before its first sample", () => {
    const { latest } = tracking(1);

    expect(latest.row(1)).toBe(-1);
    expect(latest.attempt(1).known).toBe(false);
  });

  test("are those of the last batch, each in its column", () => {
    const { latest } = tracking(1, 2);

    latest.record(sampleBatch([{ id: 1, values: { load1: 1 } }]));
    latest.record(
      sampleBatch([
        { id: 2, timestampMs: 9, reason: 2, values: { up: 0, uptime_seconds: 7 } },
        { id: 1, values: { load1: 3 } },
      ]),
    );

    const columnsOf = (id: number) => CORE_METRICS.map((_metric, column) => latest.columns[column]![latest.row(id)]);
    expect(columnsOf(1)[COLUMN.load1]).toBe(3);
    expect(columnsOf(2)[COLUMN.uptime_seconds]).toBe(7);
    expect(columnsOf(2)[COLUMN.up]).toBe(0);
    expect(columnsOf(2).filter((value) => Number.isNaN(value))).toHaveLength(CORE_METRICS.length - 2);
    expect(latest.timestampMs(latest.row(2))).toBe(9);
    expect(latest.reason(latest.row(2))).toBe("timeout");
  });

  test("ignore the late row of a removed instance", () => {
    const { latest } = tracking(1);
    latest.forget(1);

    latest.record(sampleBatch([{ id: 1 }, { id: 2 }]));

    expect([latest.row(1), latest.row(2)]).toEqual([-1, -1]);
  });

  test("reuse a freed row for the next instance without its past", () => {
    const { latest } = tracking(1, 2);
    latest.record(sampleBatch([{ id: 1, values: { load1: 5 } }]));
    const freed = latest.row(1);
    latest.forget(1);

    latest.restore(sampleBatch([{ id: 2 }]));

    expect(latest.row(2)).toBe(freed);
    expect(latest.columns[COLUMN.load1]![freed]).toBeNaN();
    expect(latest.seenHere(freed)).toBe(false);
  });

  test("keep all rows when they grow beyond their initial size", () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => i + 1);
    const { latest, value } = tracking(...ids);

    for (const id of ids) latest.record(sampleBatch([{ id, values: { load1: id } }]));

    expect(ids.every((id) => value(id) === id)).toBe(true);
  });

  test("restore a stored row where nothing is known, but never over a collection of this process", () => {
    const { latest, value } = tracking(1, 2);
    latest.record(sampleBatch([{ id: 1, values: { load1: 8 } }]));

    latest.restore(
      sampleBatch([
        { id: 1, values: { load1: 1 } },
        { id: 2, values: { load1: 2 } },
      ]),
    );

    expect([value(1), value(2)]).toEqual([8, 2]);
    expect([latest.seenHere(latest.row(1)), latest.seenHere(latest.row(2))]).toEqual([true, false]);
  });
});

describe("waiting for a first sample", () => {
  test("ends when it comes", async () => {
    const { clock, latest } = tracking(1);
    const waiting = latest.firstSample(1, 1_000);

    latest.record(sampleBatch([{ id: 1 }]));

    await waiting;
    expect(latest.row(1)).toBeGreaterThanOrEqual(0);
    expect(clock.pending).toBe(0);
  });

  test("ends at its deadline", async () => {
    const { clock, latest } = tracking(1);
    const waiting = latest.firstSample(1, 1_000);

    clock.advance(1_000);

    await waiting;
    expect(latest.row(1)).toBe(-1);
  });

  test("ends when the instance is removed", async () => {
    const { clock, latest } = tracking(1);
    const waiting = latest.firstSample(1, 1_000);

    latest.forget(1);

    await waiting;
    expect(clock.pending).toBe(0);
  });

  test("does not start if there is a sample, or no such instance", async () => {
    const { clock, latest } = tracking(1);
    latest.record(sampleBatch([{ id: 1 }]));

    await latest.firstSample(1, 1_000);
    await latest.firstSample(2, 1_000);

    expect(clock.pending).toBe(0);
  });

  test("is for at most 1,000 requests at once; the next is not kept waiting", async () => {
    const { clock, latest } = tracking(1);
    const waiting = Array.from({ length: 1_000 }, () => latest.firstSample(1, 1_000));

    await latest.firstSample(1, 1_000);

    expect(clock.pending).toBe(1_000);
    latest.forget(1);
    await Promise.all(waiting);
  });
});
