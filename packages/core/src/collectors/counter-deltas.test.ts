import { expect, test } from "@jest/globals";
import { refreshAt, tickAt } from "./host/testing/collect-once.ts";
import { CounterDeltas, sumOfDeltas } from "./counter-deltas.ts";

const counters = (entries: Record<string, readonly number[]>) => new Map(Object.entries(entries));

test("returns the increase of each key in both ticks; a new one starts without", () => {
  const deltas = new CounterDeltas();
  const first = deltas.measure(tickAt(1000), counters({ sda: [10, 100], sdb: [1, 1] }));

  const second = deltas.measure(tickAt(6000), counters({ sda: [15, 100], sdb: [2, 4], sdc: [999, 999] }));

  expect(first).toBeNull();
  expect(second).toEqual({ seconds: 5, byKey: counters({ sda: [5, 0], sdb: [1, 3] }) });
});

test("a refresh measures nothing and does not move the start", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ sda: [0] }));

  const between = deltas.measure(refreshAt(2500), counters({ sda: [50] }));

  expect(between).toBeNull();
  expect(deltas.measure(tickAt(5000), counters({ sda: [100] }))).toEqual({
    seconds: 5,
    byKey: counters({ sda: [100] }),
  });
});

test("under 250 ms nothing is measured, and the next tick covers the whole stretch", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ sda: [0] }));

  const early = deltas.measure(tickAt(249), counters({ sda: [5] }));

  expect(early).toBeNull();
  expect(deltas.measure(tickAt(1000), counters({ sda: [20] }))).toEqual({ seconds: 1, byKey: counters({ sda: [20] }) });
});

test("a key with a counter that went backward is omitted for that tick, the others are measured", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ ppp0: [100, 0], eth0: [0, 0] }));

  const reset = deltas.measure(tickAt(1000), counters({ ppp0: [3, 5], eth0: [50, 5] }));

  expect(reset?.byKey).toEqual(counters({ eth0: [50, 5] }));
  expect(deltas.measure(tickAt(2000), counters({ ppp0: [4, 5], eth0: [50, 5] }))?.byKey).toEqual(
    counters({ ppp0: [1, 0], eth0: [0, 0] }),
  );
});

test("a key that returns starts without a contribution, whatever its counters", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ usb0: [100], eth0: [0] }));
  deltas.measure(tickAt(1000), counters({ eth0: [0] }));

  expect(deltas.measure(tickAt(2000), counters({ usb0: [1e9], eth0: [7] }))?.byKey).toEqual(counters({ eth0: [7] }));
});

test("a counter that goes backward and returns adds nothing on its return; one that was reset counts", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ slipped: [1e10], reset: [5_000], calm: [0] }));

  const slip = deltas.measure(tickAt(1000), counters({ slipped: [0], reset: [0], calm: [1] }));
  const back = deltas.measure(tickAt(2000), counters({ slipped: [1e10 + 2e6], reset: [1e6], calm: [2] }));
  const after = deltas.measure(tickAt(3000), counters({ slipped: [1e10 + 3e6], reset: [2e6], calm: [3] }));

  expect(slip?.byKey).toEqual(counters({ calm: [1] }));
  expect(back?.byKey).toEqual(counters({ reset: [1e6], calm: [1] }));
  expect(after?.byKey).toEqual(counters({ slipped: [1e6], reset: [1e6], calm: [1] }));
});

test("nothing is measured without a key in both ticks, or when all went back", () => {
  const deltas = new CounterDeltas();
  deltas.measure(tickAt(0), counters({ veth1: [100] }));

  expect(deltas.measure(tickAt(1000), counters({ veth2: [200] }))).toBeNull();
  expect(deltas.measure(tickAt(2000), counters({ veth2: [100] }))).toBeNull();
});

test("sums growths field by field", () => {
  expect(
    sumOfDeltas(
      [
        [1, 2],
        [3, 4],
      ],
      2,
    ),
  ).toEqual([4, 6]);
});
