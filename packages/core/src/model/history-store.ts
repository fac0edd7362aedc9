import type { Batch } from "./batch.ts";
import type { CoreMetric } from "./core-metrics.ts";

/**
 * Answers from rows that were stored. Throws CloudMonitorError: `STORE_UNAVAILABLE` (retryable) when the database is
 * away or not yet started, others when a retry cannot help.
 */
export interface HistoryStore {
  /** `REQUEST_INVALID` for a query that has more points than an answer may have, or means nothing. */
  history(query: HistoryQuery): Promise<readonly HistoryPoint[]>;
  /** The newest stored row of each instance since `sinceMs`, without those of the future that a wrong clock left. */
  latest(sinceMs: number): Promise<Batch>;
}

/** Points of one answer; the number at which Prometheus refuses a range query too. */
export const HISTORY_POINTS_MAX = 11_000;

/** How many points a query may be answered with; one more than steps, since windows are pinned to absolute time. */
export function historyPoints({ fromMs, toMs, stepMs }: Pick<HistoryQuery, "fromMs" | "toMs" | "stepMs">): number {
  return Math.ceil((toMs - fromMs) / stepMs) + 1;
}

export interface HistoryQuery {
  readonly instanceId: number;
  /** Milliseconds since 1970: rows from here on, and before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a point; values within are averaged. */
  readonly stepMs: number;
  readonly metrics: readonly CoreMetric[];
}

/** One point per step that has rows; gaps are left out. */
export interface HistoryPoint {
  readonly timestampMs: number;
  /** In the order of the query's metrics; null when unknown over the whole step. */
  readonly values: readonly (number | null)[];
}
