import { filterBatch, type Batch } from "../model/batch.ts";

export const DAY_MS = 86_400_000;
/** How far a row may be ahead of this daemon's clock: more means a wrong clock, not a late tick. */
const AHEAD_MAX_MS = 3_600_000;

/** The timestamps that storage accepts at a given time, both limits included. */
export interface RowWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Retention is by whole UTC days, so the window begins with the day in which retention ends. */
export function rowWindow(nowMs: number, retentionMs: number): RowWindow {
  return { fromMs: startOfDay(nowMs - retentionMs), toMs: nowMs + AHEAD_MAX_MS };
}

/** The batch's rows inside and outside the window; `refused` is null, and nothing is copied, in the usual case. */
export function splitByWindow(batch: Batch, window: RowWindow): { accepted: Batch; refused: Batch | null } {
  // Written so that NaN is outside.
  const inside = (row: number) => batch.timestamps[row]! >= window.fromMs && batch.timestamps[row]! <= window.toMs;
  let row = 0;
  while (row < batch.rows && inside(row)) row++;
  if (row === batch.rows) return { accepted: batch, refused: null };
  return { accepted: filterBatch(batch, inside), refused: filterBatch(batch, (at) => !inside(at)) };
}

/** Midnight UTC before or at `ms`. */
export function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** The days of the timestamps, as midnights. */
export function daysOf(timestamps: Float64Array): readonly number[] {
  const days = new Set<number>();
  let last = Number.NaN;
  for (const timestamp of timestamps) {
    const day = startOfDay(timestamp);
    if (day !== last) days.add(day);
    last = day;
  }
  return [...days];
}
