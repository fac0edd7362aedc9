import { expect, test } from "@jest/globals";
import { counter, gauge, metricSource } from "../../model/own-metric.ts";
import type { OwnMetric } from "../../model/own-metric.ts";
import { encode } from "../encoding/encoder.ts";
import { OwnFamilies } from "./own-families.ts";

interface Stats {
  readonly count: number;
  readonly unknown: null;
  readonly byReason: Readonly<Record<string, number>>;
}

const METRICS: readonly OwnMetric<Stats>[] = [
  counter({ name: "cloud_monitor_a_total", help: "A.", read: ({ count }) => count }),
  gauge({ name: "cloud_monitor_b_seconds", help: "B.", read: ({ unknown }) => unknown }),
  counter({ name: "cloud_monitor_c_total", help: "C.", labels: ["reason"], read: ({ byReason }) => byReason }),
  gauge({
    name: "cloud_monitor_d",
    help: "D.",
    labels: ["x", "y"],
    read: ({ count }) => [[{ x: "1", y: "2" }, count]],
  }),
];

function setUp() {
  const stats = { count: 1, unknown: null, byReason: { hung: 2, crashed: 0 } as Record<string, number> };
  let readings = 0;
  const source = metricSource(METRICS, () => (readings++, stats));
  const families = new OwnFamilies([source]);
  const samples = () =>
    [...encode([...families.read()], "text")]
      .join("")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
  return { stats, samples, readings: () => readings };
}

test("a metric is one series, one per value of its label, or one per given labels; an unknown one is none", () => {
  expect(setUp().samples()).toEqual([
    "cloud_monitor_a_total 1",
    'cloud_monitor_c_total{reason="hung"} 2',
    'cloud_monitor_c_total{reason="crashed"} 0',
    'cloud_monitor_d{x="1",y="2"} 1',
  ]);
});

test("the counters of a component are read once per scrape", () => {
  const { readings, samples, stats } = setUp();
  samples();
  stats.count = 7;
  stats.byReason = {};

  expect(samples()).toEqual(["cloud_monitor_a_total 7", 'cloud_monitor_d{x="1",y="2"} 7']);
  expect(readings()).toBe(2);
});

test("a metric's unit is that of its name", () => {
  expect(METRICS.map(({ unit }) => unit)).toEqual(["", "seconds", "", ""]);
});
