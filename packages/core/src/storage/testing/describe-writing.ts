import { expect, test } from "@jest/globals";
import type { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { DAY_MS } from "../row-window.ts";
import { batchOf, CONTRACT_RETENTION_MS, hourOf, row, write } from "./fixtures.ts";

export function describeWriting(storage: () => Storage, clock: () => ManualClock): void {
  describeStoring(storage, clock);
  describeReplays(storage, clock);
  describeWindow(storage, clock);
}

function describeStoring(storage: () => Storage, clock: () => ManualClock): void {
  test("stores the rows of a batch", async () => {
    const ts = clock().wallMs();

    const outcome = await write(storage(), "batch", batchOf([row(1, ts), row(2, ts), row(1, ts + 1000)]));

    expect(outcome).toEqual({ delivered: 3, duplicates: 0, quarantined: 0 });
    expect(storage().stats).toMatchObject({ rowsStored: 3, batchesWritten: 1 });
  });

  test("stores an empty batch", async () => {
    expect(await write(storage(), "batch", batchOf([]))).toEqual({ delivered: 0, duplicates: 0, quarantined: 0 });
  });
}

function describeReplays(storage: () => Storage, clock: () => ManualClock): void {
  test("a replayed batch id stores nothing, whatever is in it", async () => {
    const ts = clock().wallMs();
    await write(storage(), "batch", batchOf([row(1, ts)]));

    const same = await write(storage(), "batch", batchOf([row(1, ts)]));
    const other = await write(storage(), "batch", batchOf([row(2, ts), row(2, ts - 100 * DAY_MS)]));

    expect(same).toEqual({ delivered: 0, duplicates: 1, quarantined: 0 });
    expect(other).toEqual({ delivered: 0, duplicates: 2, quarantined: 0 });
  });

  test("a batch id is remembered past midnight", async () => {
    const ts = clock().wallMs();
    await write(storage(), "batch", batchOf([row(1, ts)]));
    clock().advance(DAY_MS);

    expect(await write(storage(), "batch", batchOf([row(2, ts)]))).toMatchObject({ delivered: 0, duplicates: 1 });
  });

  test("a key that another batch brought is a duplicate, the rest is stored", async () => {
    const ts = clock().wallMs();
    await write(storage(), "first", batchOf([{ id: 1, ts, load1: 1 }]));

    const outcome = await write(storage(), "second", batchOf([{ id: 1, ts, load1: 2 }, row(2, ts)]));

    expect(outcome).toEqual({ delivered: 1, duplicates: 1, quarantined: 0 });
    expect((await storage().history(hourOf(1, ts)))[0]?.values).toEqual([1]);
  });

  test("a key twice in one batch is stored once", async () => {
    const ts = clock().wallMs();

    expect(await write(storage(), "batch", batchOf([row(1, ts), row(1, ts)]))).toEqual({
      delivered: 1,
      duplicates: 1,
      quarantined: 0,
    });
  });
}

function describeWindow(storage: () => Storage, clock: () => ManualClock): void {
  test("rows past retention, far ahead or without a time go to quarantine", async () => {
    const now = clock().wallMs();
    const times = [
      now,
      now - CONTRACT_RETENTION_MS,
      now + 3_600_000,
      now - 100 * DAY_MS,
      now + 3_600_001,
      Number.NaN,
      1e300,
    ];

    const outcome = await write(storage(), "batch", batchOf(times.map((ts) => ({ ...row(1, ts), load5: Infinity }))));

    expect(outcome).toEqual({ delivered: 3, duplicates: 0, quarantined: 4 });
  });

  test("a batch of quarantined rows alone is remembered as well", async () => {
    const old = batchOf([row(1, clock().wallMs() - 100 * DAY_MS)]);

    expect(await write(storage(), "batch", old)).toEqual({ delivered: 0, duplicates: 0, quarantined: 1 });
    expect(await write(storage(), "batch", old)).toEqual({ delivered: 0, duplicates: 1, quarantined: 0 });
  });

  test("rows past retention are gone after maintenance, the others stay", async () => {
    const old = clock().wallMs() - CONTRACT_RETENTION_MS;
    await write(storage(), "batch", batchOf([row(1, old), row(1, old + DAY_MS)]));
    clock().advance(DAY_MS);

    await storage().maintain();

    const points = await storage().history({ ...hourOf(1, old), toMs: clock().wallMs(), stepMs: DAY_MS });
    expect(points.map((point) => point.timestampMs)).toEqual([old + DAY_MS]);
  });

  test.each([
    ["ahead", 30 * DAY_MS],
    ["behind", -30 * DAY_MS],
  ])("a clock that steps far %s, and back, costs no row", async (_words, stepMs) => {
    const before = clock().wallMs();
    await write(storage(), "before", batchOf([row(1, before)]));
    clock().stepWall(stepMs);
    await write(storage(), "meanwhile", batchOf([row(1, clock().wallMs())]));
    await storage().maintain();
    clock().stepWall(-stepMs);
    await storage().maintain();

    const kept = await storage().history(hourOf(1, before));
    const wrong = await storage().history(hourOf(1, before + stepMs));

    expect([kept.length, wrong.length]).toEqual([1, 1]);
    expect(storage().stats.retentionHoldSeconds).toBe(CONTRACT_RETENTION_MS / 1000);
  });

  test("rows past retention go again after one retention period of run time since the clock stepped", async () => {
    const before = clock().wallMs();
    await write(storage(), "before", batchOf([row(1, before)]));
    clock().stepWall(30 * DAY_MS);
    await storage().maintain();

    clock().advance(CONTRACT_RETENTION_MS - 1);
    await storage().maintain();
    const during = await storage().history(hourOf(1, before));
    clock().advance(1);
    await storage().maintain();

    expect(during).toHaveLength(1);
    expect(await storage().history(hourOf(1, before))).toEqual([]);
    expect(storage().stats.retentionHoldSeconds).toBe(0);
  });
}
