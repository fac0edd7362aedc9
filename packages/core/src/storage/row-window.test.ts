import { expect, test } from "@jest/globals";
import { batchOf } from "./testing/fixtures.ts";
import { DAY_MS, daysOf, rowWindow, splitByWindow } from "./row-window.ts";

const noon = Date.UTC(2026, 10, 21, 12);

test("the window begins with the whole day in which retention ends, and ends an hour ahead", () => {
  expect(rowWindow(noon, DAY_MS)).toEqual({ fromMs: Date.UTC(2026, 10, 20), toMs: noon + 3_600_000 });
});

test("a batch inside the window is not copied", () => {
  const batch = batchOf([{ id: 1, ts: noon }]);

  const { accepted, refused } = splitByWindow(batch, rowWindow(noon, DAY_MS));

  expect(accepted).toBe(batch);
  expect(refused).toBeNull();
});

test("a row without a time is outside", () => {
  const batch = batchOf([
    { id: 1, ts: noon },
    { id: 2, ts: Number.NaN },
  ]);

  const { accepted, refused } = splitByWindow(batch, rowWindow(noon, DAY_MS));

  expect([...accepted.ids]).toEqual([1]);
  expect([...(refused?.ids ?? [])]).toEqual([2]);
});

test("days are listed once each, in whatever order rows come", () => {
  const timestamps = Float64Array.of(noon, noon - DAY_MS, noon, noon + 1);

  expect(daysOf(timestamps)).toEqual([Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 20)]);
});
