import type { History } from "@cloud-monitor/client";

export interface Series {
  metric: string;
  /** One value per column, null where the range has no row. */
  values: (number | null)[];
  min: number | null;
  mean: number | null;
  max: number | null;
  last: number | null;
}

/** Each metric of a history, aggregated into at most `columns` equal parts of its range (mean of the points in a part). */
export function seriesOf(history: History, columns: number): Series[] {
  return history.metrics.map((metric, index) => {
    const points = history.points.flatMap(([at, ...values]) => {
      const value = values[index];
      return typeof at === "number" && typeof value === "number" ? [{ at, value }] : [];
    });
    const values = points.map(({ value }) => value);
    return {
      metric,
      values: gather(points, history, columns),
      min: values.length === 0 ? null : values.reduce((least, value) => Math.min(least, value)),
      mean: meanOf(values),
      max: values.length === 0 ? null : values.reduce((greatest, value) => Math.max(greatest, value)),
      last: values.at(-1) ?? null,
    };
  });
}

function gather(points: { at: number; value: number }[], history: History, columns: number): (number | null)[] {
  const from = Date.parse(history.from) / 1000;
  const length = Math.max(1, Date.parse(history.to) / 1000 - from);
  // No more columns than steps, otherwise there would be gaps.
  const count = Math.max(1, Math.min(columns, Math.floor(length / Math.max(1, history.step))));
  const parts = Array.from({ length: count }, (): number[] => []);
  for (const { at, value } of points) {
    const part = Math.floor(((at - from) / length) * count);
    parts[Math.min(count - 1, Math.max(0, part))]?.push(value);
  }
  return parts.map(meanOf);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
