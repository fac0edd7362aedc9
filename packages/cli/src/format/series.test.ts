import { describe, expect, test } from "@jest/globals";
import type { History } from "@cloud-monitor/client";
import { seriesOf } from "./series.ts";

const FROM_SECONDS = 1_767_225_600;

function historyOf(seconds: number, points: History["points"]): History {
  const from = new Date(FROM_SECONDS * 1000).toISOString();
  const to = new Date((FROM_SECONDS + seconds) * 1000).toISOString();
  return { instanceId: 1, name: "a", from, to, step: 10, resolution: "raw", metrics: ["load1", "up"], points };
}

describe("seriesOf", () => {
  test("gathers points into equal parts of the range by their mean", () => {
    const points = [0, 10, 20, 30].map((at) => [FROM_SECONDS + at, at, 1]);

    const [load1, up] = seriesOf(historyOf(40, points), 2);

    expect(load1).toEqual({ metric: "load1", values: [5, 25], min: 0, mean: 15, max: 30, last: 30 });
    expect(up?.values).toEqual([1, 1]);
  });

  test("leaves a gap where there are no rows, and where the value is unknown", () => {
    const [load1, up] = seriesOf(
      historyOf(30, [
        [FROM_SECONDS, 4, null],
        [FROM_SECONDS + 20, 6, 1],
      ]),
      60,
    );

    expect(load1?.values).toEqual([4, null, 6]);
    expect(up).toEqual({ metric: "up", values: [null, null, 1], min: 1, mean: 1, max: 1, last: 1 });
  });

  test("has no figures without rows", () => {
    const [load1] = seriesOf(historyOf(20, []), 60);

    expect(load1).toEqual({ metric: "load1", values: [null, null], min: null, mean: null, max: null, last: null });
  });
});
