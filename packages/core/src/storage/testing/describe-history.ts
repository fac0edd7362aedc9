import { expect, test } from "@jest/globals";
import type { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { batchOf, hourOf, row, write } from "./fixtures.ts";

export function describeHistory(storage: () => Storage, clock: () => ManualClock): void {
  describeSteps(storage, clock);
  describeSelection(storage, clock);
  describeRefusals(storage, clock);
}

function describeSteps(storage: () => Storage, clock: () => ManualClock): void {
  test("averages the rows of each step and leaves out steps without rows", async () => {
    const ts = clock().wallMs();
    const values = [1, 2, 3, 10];
    const times = [ts, ts + 10_000, ts + 59_999, ts + 120_000];
    await write(storage(), "batch", batchOf(times.map((time, index) => ({ id: 1, ts: time, load1: values[index]! }))));

    expect(await storage().history(hourOf(1, ts))).toEqual([
      { timestampMs: ts, values: [2] },
      { timestampMs: ts + 120_000, values: [10] },
    ]);
  });

  test("counts steps from 1970, not from the start of the range", async () => {
    const ts = clock().wallMs();
    await write(storage(), "batch", batchOf([row(1, ts + 90_000)]));

    const points = await storage().history({ ...hourOf(1, ts), fromMs: ts + 30_000 });

    expect(points.map((point) => point.timestampMs)).toEqual([ts + 60_000]);
  });
}

function describeSelection(storage: () => Storage, clock: () => ManualClock): void {
  test("has the first moment of the range and not the last", async () => {
    const ts = clock().wallMs();
    await write(
      storage(),
      "batch",
      batchOf([row(1, ts - 1), row(1, ts), row(1, ts + 3_599_999), row(1, ts + 3_600_000)]),
    );

    const points = await storage().history({ ...hourOf(1, ts), stepMs: 1000 });

    expect(points.map((point) => point.timestampMs)).toEqual([ts, ts + 3_599_000]);
  });

  test("knows only the instance asked for, and the metrics in the order asked for", async () => {
    const ts = clock().wallMs();
    await write(
      storage(),
      "batch",
      batchOf([
        { id: 1, ts, up: 1, load1: 3 },
        { id: 2, ts, load1: 4 },
      ]),
    );

    const points = await storage().history({ ...hourOf(1, ts), metrics: ["load1", "load5", "up"] });

    expect(points).toEqual([{ timestampMs: ts, values: [3, null, 1] }]);
  });

  test("averages over known values only", async () => {
    const ts = clock().wallMs();
    await write(
      storage(),
      "batch",
      batchOf([
        { id: 1, ts, load1: 3 },
        { id: 1, ts: ts + 1 },
      ]),
    );

    expect((await storage().history(hourOf(1, ts)))[0]?.values).toEqual([3]);
  });
}

function describeRefusals(storage: () => Storage, clock: () => ManualClock): void {
  test.each([
    ["an empty range", { toMs: 0 }],
    ["a step of nothing", { stepMs: 0 }],
    ["more points than an answer may have", { stepMs: 1 }],
    ["a range without numbers", { fromMs: Number.NaN }],
  ])("refuses %s", async (_, change) => {
    const query = { ...hourOf(1, clock().wallMs()), ...change };

    await expect(storage().history(query)).rejects.toMatchObject({ code: "REQUEST_INVALID", retryable: false });
  });
}
