import { expect, test } from "@jest/globals";
import type { SeriesSnapshot } from "../../model/series-snapshot.ts";
import { Refreshes } from "./refreshes.ts";

const SNAPSHOT: SeriesSnapshot = {
  layout: { version: 1, sections: [], names: ["a"], labels: [""], families: [] },
  values: Float64Array.of(1),
  readAtMs: 0,
};

test("callers share one refresh until the snapshot arrives, and the next one starts another", async () => {
  const refreshes = new Refreshes();
  const first = refreshes.ask(1);
  const taken = refreshes.take();
  const second = refreshes.ask(1);
  refreshes.settle(1, SNAPSHOT);
  void refreshes.ask(1);

  expect(taken).toEqual([1]);
  expect(await Promise.all([first, second])).toEqual([SNAPSHOT, SNAPSHOT]);
  expect(refreshes.take()).toEqual([1]);
});

test("a snapshot that arrives before the refresh is sent makes it unnecessary", async () => {
  const refreshes = new Refreshes();
  const asked = refreshes.ask(1);
  refreshes.settle(1, SNAPSHOT);

  expect(refreshes.hasWaiting).toBe(false);
  expect(await asked).toBe(SNAPSHOT);
});

test("no caller waits for a lost thread", async () => {
  const refreshes = new Refreshes();
  const asked = [refreshes.ask(1), refreshes.ask(2)];
  refreshes.take();
  refreshes.settleAll();

  expect(await Promise.all(asked)).toEqual([null, null]);
  expect(refreshes.hasWaiting).toBe(false);
});
