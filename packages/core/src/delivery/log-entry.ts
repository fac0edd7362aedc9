import type { Batch } from "../model/batch.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";

/** One appended batch. */
export interface LogEntry {
  readonly batch: Batch;
  /** Empty when no sink wants them, and once every sink that does has passed them. */
  readonly snapshots: readonly InstanceSnapshot[];
  /** On the monotonic clock. */
  readonly arrivedMs: number;
}
