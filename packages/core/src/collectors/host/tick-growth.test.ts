import { expect, test } from "@jest/globals";
import { refreshAt, tickAt } from "./collector.fixture.ts";
import { TickGrowth } from "./tick-growth.ts";

const counters = (entries: Record<string, readonly number[]>) => new Map(Object.entries(entries));

test("sums what the keys of both ticks grew by", () => {
  const growth = new TickGrowth(2);
  const first = growth.measure(tickAt(1000), counters({ sda: [10, 100], sdb: [1, 1] }));

  const second = growth.measure(tickAt(6000), counters({ sda: [15, 100], sdb: [2, 4], sdc: [999, 999] }));

  expect(first).toBeNull();
  expect(second).toEqual({ seconds: 5, sums: [6, 3] });
});

test("a refresh measures nothing and does not move the start", () => {
  const growth = new TickGrowth(1);
  growth.measure(tickAt(0), counters({ sda: [0] }));

  const between = growth.measure(refreshAt(2500), counters({ sda: [50] }));

  expect(between).toBeNull();
  expect(growth.measure(tickAt(5000), counters({ sda: [100] }))).toEqual({ seconds: 5, sums: [100] });
});

test("under 250 ms nothing is measured, and the next tick covers the whole stretch", () => {
  const growth = new TickGrowth(1);
  growth.measure(tickAt(0), counters({ sda: [0] }));

  const early = growth.measure(tickAt(249), counters({ sda: [5] }));

  expect(early).toBeNull();
  expect(growth.measure(tickAt(1000), counters({ sda: [20] }))).toEqual({ seconds: 1, sums: [20] });
});

test("a counter that went back costs one measure and never makes a negative one", () => {
  const growth = new TickGrowth(1);
  growth.measure(tickAt(0), counters({ eth0: [100], eth1: [0] }));

  const reset = growth.measure(tickAt(1000), counters({ eth0: [3], eth1: [50] }));

  expect(reset).toBeNull();
  expect(growth.measure(tickAt(2000), counters({ eth0: [4], eth1: [50] }))).toEqual({ seconds: 1, sums: [1] });
});

test("without a key in both ticks nothing is measured", () => {
  const growth = new TickGrowth(1);
  growth.measure(tickAt(0), counters({ veth1: [100] }));

  expect(growth.measure(tickAt(1000), counters({ veth2: [200] }))).toBeNull();
});
