import { expect, test } from "@jest/globals";
import { COLUMN } from "../../model/core-metrics.ts";
import type { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { DAY_MS } from "../row-window.ts";
import { batchOf, host, newInstance, row, write } from "./fixtures.ts";

export function describeLatest(storage: () => Storage, clock: () => ManualClock): void {
  describeNewestRow(storage, clock);
  describeWhoIsLeftOut(storage, clock);
}

function describeNewestRow(storage: () => Storage, clock: () => ManualClock): void {
  test("the newest row of an instance has every bit that was written, float4 rounding included", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one")]);
    const written = batchOf([
      {
        id: 1,
        ts,
        up: 1,
        load1: -0,
        load5: Infinity,
        load15: -Infinity,
        cpu_usage_percent: 0.1,
        uptime_seconds: 1e15 + 0.125,
      },
    ]);
    await write(storage(), "batch", written);

    const read = await storage().latest(0);

    expect(read.ids).toEqual(written.ids);
    expect(read.timestamps).toEqual(written.timestamps);
    expect(read.columns).toEqual(written.columns);
    expect(Object.is(read.columns[COLUMN.load1]![0], -0)).toBe(true);
  });

  test("the newest row counts, whatever the order of writing and the day", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one"), newInstance("two")]);
    await write(storage(), "first", batchOf([row(1, ts), row(2, ts - DAY_MS)]));
    await write(storage(), "late", batchOf([row(1, ts - 5000), row(2, ts - DAY_MS - 5000)]));

    const latest = await storage().latest(0);

    expect([...latest.ids]).toEqual([1, 2]);
    expect([...latest.timestamps]).toEqual([ts, ts - DAY_MS]);
  });
}

function describeWhoIsLeftOut(storage: () => Storage, clock: () => ManualClock): void {
  test("instances without a row since the given time are left out", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one"), newInstance("two"), newInstance("three")]);
    await write(storage(), "batch", batchOf([row(1, ts), row(2, ts - 1)]));

    expect([...(await storage().latest(ts)).ids]).toEqual([1]);
  });

  test("rows of the future, stored under a wrong clock, are left out", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one"), newInstance("two")]);
    await write(storage(), "right", batchOf([row(1, ts)]));
    clock().stepWall(3 * DAY_MS);
    await write(storage(), "wrong", batchOf([row(1, clock().wallMs()), row(2, clock().wallMs())]));
    clock().stepWall(-3 * DAY_MS);

    const latest = await storage().latest(0);

    expect([...latest.ids]).toEqual([1]);
    expect([...latest.timestamps]).toEqual([ts]);
  });

  test("deleted and unknown instances are left out, hosts are not", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one")]);
    await storage().instances.registerHost(host(-7, "here"));
    await write(storage(), "batch", batchOf([row(1, ts), row(-7, ts), row(99, ts)]));
    await storage().instances.remove([1]);

    expect([...(await storage().latest(0)).ids]).toEqual([-7]);
  });

  test("a failed attempt comes back as failed", async () => {
    const ts = clock().wallMs();
    await storage().instances.create([newInstance("one"), newInstance("two")]);
    const batch = batchOf([
      { id: 1, ts, up: 0 },
      { id: 2, ts, up: 1 },
    ]);
    batch.reasons[0] = 1;
    await write(storage(), "batch", batch);

    expect([...(await storage().latest(0)).reasons]).toEqual([1, 0]);
  });
}
