import { expect, test } from "@jest/globals";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import { CollectorSuccesses } from "./collector-successes.ts";

function snapshotOf(readAtMs: number, success: Readonly<Record<string, number>>): SeriesSnapshot {
  const collectors = Object.keys(success);
  return {
    layout: {
      version: 1,
      sections: [],
      names: ["node_load1", ...collectors.map(() => "node_scrape_collector_success")],
      labels: ["", ...collectors.map((name) => `collector="${name}"`)],
      families: [],
    },
    values: Float64Array.of(1, ...Object.values(success)),
    readAtMs,
  };
}

test("keeps the time of the last success of each collector that is enabled", () => {
  const successes = new CollectorSuccesses();
  successes.observe(snapshotOf(1_000, { cpu: 1, loadavg: 1, hwmon: 0 }));
  successes.observe(snapshotOf(2_500, { cpu: 1, loadavg: 0, hwmon: 0 }));
  const before = successes.seconds;
  // Of another instance.
  successes.observe(snapshotOf(3_000, {}));
  successes.observe(snapshotOf(4_000, { cpu: 0, hwmon: 1 }));

  expect(before).toEqual({ cpu: 2.5, loadavg: 1 });
  expect(successes.seconds).toEqual({ cpu: 2.5, hwmon: 4 });
});
