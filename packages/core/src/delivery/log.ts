import type { Batch } from "../model/batch.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { SampleRecord } from "../model/sink.ts";

/**
 * The batches that wait for the sinks, in the order of collection. It takes a batch at once, whatever the sinks do, and
 * holds it once, however many wait for it: until the slowest cursor has passed it.
 */
export interface SampleLog {
  /** `snapshots`: those that were collected with the rows. A batch without rows is none. */
  append(batch: Batch, snapshots?: readonly InstanceSnapshot[]): void;
  /** A cursor for one more sink, which sees what is appended from now on. */
  open(options: CursorOptions): LogCursor;
}

export interface CursorOptions {
  /** Rows that may wait for the sink, at least 1; beyond it the oldest are dropped. */
  readonly rowsMax: number;
  readonly wantsSnapshots: boolean;
}

/** One sink's place in the log, and its one reader. */
export interface LogCursor {
  readonly stats: CursorStats;
  /** Called after each append. */
  onAppend: (() => void) | null;
  /**
   * The oldest rows that wait, gathered into a record; the same record until it is acknowledged, whatever is appended
   * behind it. Null when nothing waits.
   */
  seal(): SampleRecord | null;
  /** Forgets the sealed record: it was taken, or given up and counted elsewhere. Any other record is ignored. */
  acknowledge(record: SampleRecord): void;
}

/** In rows: found + appended = acknowledged + waiting + droppedFull. */
export interface CursorStats {
  /** Left behind by an earlier process. */
  readonly found: number;
  readonly appended: number;
  /** Now, those of the sealed record included; and how many may. */
  readonly waiting: number;
  readonly rowsMax: number;
  /** When the oldest of them came, on the monotonic clock; null when none waits. */
  readonly oldestMs: number | null;
  /** Passed over since there was no room: always the oldest, and never those of the sealed record. */
  readonly droppedFull: number;
}
