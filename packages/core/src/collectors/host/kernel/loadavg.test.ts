import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { LoadavgCollector, parseLoadavg } from "./loadavg.ts";
import { FIXTURES, collectOnce, damaged, filesOfTest, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";

test("reads the three averages", () => {
  expect(parseLoadavg("0.21 0.37 0.39 1/719 19737\n")).toEqual({ load1: 0.21, load5: 0.37, load15: 0.39 });
});

test.each(["", "\n", "0.21 0.37\n", "0.21 x 0.39 1/719\n", "0.21\n0.37 0.39\n", "nan inf 0\n"])(
  "%p is refused",
  (text) => {
    expect(() => parseLoadavg(text)).toThrow("three decimal numbers");
  },
);

test("any text gives three finite numbers, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/loadavg"), (text) => {
      const loads = Object.values(valuesOrRefusal(() => parseLoadavg(text)) ?? {});

      expect(loads.every((load) => load >= 0 && Number.isFinite(load))).toBe(true);
    }),
  );
});

test("serves them as series and as columns", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  const collector = new LoadavgCollector(files.file("loadavg"));

  const out = collectOnce(collector, tickAt(0));

  expect([out.core("load1"), out.core("load5"), out.core("load15")]).toEqual([0.21, 0.37, 0.39]);
  expect([...out.samples]).toEqual([
    ["node_load1", 0.21],
    ["node_load5", 0.37],
    ["node_load15", 0.39],
  ]);
});
