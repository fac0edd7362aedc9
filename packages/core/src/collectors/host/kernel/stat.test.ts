import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { StatCollector, parseStat } from "./stat.ts";
import { FIXTURES, collectOnce, damaged, filesOfTest, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";

test("reads the first number of each known line, in any order", () => {
  const values = parseStat("procs_running 2\nintr 88 17 0\nnew_in_linux_9 5\nbtime 1418183276\n");

  expect(Object.fromEntries(values)).toEqual({
    node_procs_running: 2,
    node_intr_total: 88,
    node_boot_time_seconds: 1_418_183_276,
  });
});

test.each(["", "cpu0 1 2 3 4\n", "btime soon\n", "btime\n"])("%p has nothing of use", (text) => {
  expect(() => parseStat(text)).toThrow("/proc/stat has no line");
});

test("any text gives finite values, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/stat"), (text) => {
      const values = [...(valuesOrRefusal(() => parseStat(text))?.values() ?? [])];

      expect(values.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    }),
  );
});

test("running tasks are also a column", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  const collector = new StatCollector(files.shared("stat"), { statSoftirqs: false });

  expect(collectOnce(collector, tickAt(0)).core("processes_running")).toBe(2);
});
