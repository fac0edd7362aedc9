import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { PressureCollector, parsePressure } from "./pressure.ts";

test("reads the totals by kind, with or without a line feed at the end", () => {
  const totals = parsePressure("some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.00 total=7");

  expect(Object.fromEntries(totals)).toEqual({ some: 159_886_802, full: 7 });
});

test.each(["", "some avg10=0.00\n", "some total=x\n", "most total=1\n"])("%p is refused", (text) => {
  expect(() => parsePressure(text)).toThrow("/proc/pressure has a file without");
});

test("any text gives finite values, or an error", () => {
  expectFiniteNumbers("proc/pressure/io", parsePressure, (totals) => totals.values());
});

test("a kernel without a resource serves the others, and one without any nothing", () => {
  using folder = new ScratchFolder();
  const none = collectOnce(new PressureCollector(folder.files), tickAt(0));
  folder.write("pressure/memory", "some total=1500000\nfull total=500000\n");

  const some = collectOnce(new PressureCollector(folder.files), tickAt(0));

  expect(none.written).toEqual([]);
  expect(Object.fromEntries(some.samples)).toEqual({
    node_pressure_memory_waiting_seconds_total: 1.5,
    node_pressure_memory_stalled_seconds_total: 0.5,
  });
});
