import { expect, test } from "@jest/globals";
import { loadAdjtimex } from "../../../platform/adjtimex.ts";
import { collectOnce, tickAt } from "../testing/collect-once.ts";
import { TIMEX, TimexCollector, timexValues } from "./timex.ts";

/** `struct timex` with the given fields, by their offset. */
function clockState(fields: { status: number; state?: number; longs: Record<number, number>; tai?: number }) {
  const timex = Buffer.alloc(256);
  for (const [offset, value] of Object.entries(fields.longs)) timex.writeBigInt64LE(BigInt(value), Number(offset));
  timex.writeInt32LE(fields.status, 40);
  timex.writeInt32LE(fields.tai ?? 0, 160);
  return { state: fields.state ?? 0, timex };
}

test("converts to base units; the status says whether the offset is in microseconds or nanoseconds", () => {
  const longs = { 8: -1_500, 16: 65_536 * 20, 24: 16_000_000, 32: 250, 48: 7, 88: 10_000, 128: 3 };
  const micro = new Map(timexValues(clockState({ status: 0x0001, longs, tai: 37 })));
  const nano = new Map(timexValues(clockState({ status: 0x2001, state: 5, longs })));

  expect(micro.get("node_timex_offset_seconds")).toBe(-0.0015);
  expect(nano.get("node_timex_offset_seconds")).toBe(-0.0000015);
  expect(micro.get("node_timex_frequency_adjustment_ratio")).toBe(1.00002);
  expect(micro.get("node_timex_maxerror_seconds")).toBe(16);
  expect(micro.get("node_timex_estimated_error_seconds")).toBe(0.00025);
  expect(micro.get("node_timex_loop_time_constant")).toBe(7);
  expect(micro.get("node_timex_tick_seconds")).toBe(0.01);
  expect(micro.get("node_timex_pps_jitter_total")).toBe(3);
  expect(micro.get("node_timex_tai_offset_seconds")).toBe(37);
  expect([micro, nano].map((values) => values.get("node_timex_sync_status"))).toEqual([1, 0]);
  expect([micro, nano].map((values) => values.get("node_timex_status"))).toEqual([1, 0x2001]);
});

test("the kernel's own state has every family, all finite", () => {
  const written = collectOnce(new TimexCollector(loadAdjtimex), tickAt(0)).written;

  expect(written.map(({ name }) => name).toSorted()).toEqual(TIMEX.families.map(({ name }) => name).toSorted());
  expect(written.every(({ value }) => Number.isFinite(value))).toBe(true);
  // 100 or more ticks per second, and never less than half or more than twice the normal speed.
  const values = new Map(written.map(({ name, value }) => [name, value]));
  expect(values.get("node_timex_tick_seconds")).toBeGreaterThan(0.0009);
  expect(values.get("node_timex_frequency_adjustment_ratio")).toBeCloseTo(1, 2);
});

test("without the library, or the permission, it fails and says why", () => {
  const missing = new TimexCollector(() => {
    throw new Error("Cannot find module 'koffi'");
  });

  expect(() => collectOnce(missing, tickAt(0))).toThrow("unavailable: Cannot find module 'koffi'");
});
