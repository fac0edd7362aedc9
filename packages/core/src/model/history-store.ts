import type { Batch } from "./batch.ts";
import type { CoreMetric } from "./core-metrics.ts";

/**
 * Queries of stored rows. Throws CloudMonitorError: `STORE_UNAVAILABLE` (retryable) when the database is unavailable or
 * not yet started, others when a retry cannot help.
 */
export interface HistoryStore {
  /** `REQUEST_INVALID` for a query with too many points, or an invalid one. */
  history(query: HistoryQuery): Promise<readonly HistoryPoint[]>;
  /** The latest stored row of each instance since `sinceMs`, except rows in the future, left by a wrong clock. */
  latest(sinceMs: number): Promise<Batch>;
}

/** Maximum number of points per response, the same as for a range query of Prometheus. */
export const HISTORY_POINTS_MAX = 11_000;

/** Maximum number of points of a query's result; one more than steps, since windows are aligned to absolute time. */
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

/** One point per step that has rows; gaps are omitted. */
export interface HistoryPoint {
  readonly timestampMs: number;
  /** In the order of the query's metrics; null when unknown over the whole step. */
  readonly values: readonly (number | null)[];
}
