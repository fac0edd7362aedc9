import type { Batch } from "../model/batch.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { SampleRecord } from "../model/sink.ts";

/**
 * The batches waiting for the sinks, in the order of collection. It accepts a batch at once, whatever the sinks do, and
 * holds a single copy until the slowest cursor has passed it.
 */
export interface SampleLog {
  /** `snapshots`: those collected with the rows. A batch without rows is ignored. */
  append(batch: Batch, snapshots?: readonly InstanceSnapshot[]): void;
  /** A cursor for another sink, which sees entries appended from now on. */
  open(options: CursorOptions): LogCursor;
}

export interface CursorOptions {
  /** Maximum number of rows waiting for the sink, at least 1; beyond it the oldest are dropped. */
  readonly rowsMax: number;
  readonly wantsSnapshots: boolean;
}

/** The position of one sink in the log, and its only reader. */
export interface LogCursor {
  readonly stats: CursorStats;
  /** Called after each append. */
  onAppend: (() => void) | null;
  /**
   * The oldest waiting rows, combined into a record; the same record until it is acknowledged, whatever is appended
   * after it. Null when nothing waits.
   */
  seal(): SampleRecord | null;
  /** Drops the sealed record: it was written, or abandoned and counted elsewhere. Any other record is ignored. */
  acknowledge(record: SampleRecord): void;
}

/** In rows: found + appended = acknowledged + waiting + droppedFull. */
export interface CursorStats {
  /** Left by an earlier process. */
  readonly found: number;
  readonly appended: number;
  /** The current number, including the sealed record; and its limit. */
  readonly waiting: number;
  readonly rowsMax: number;
  /** When the oldest of them arrived, on the monotonic clock; null when none waits. */
  readonly oldestMs: number | null;
  /** Dropped because the limit was reached: always the oldest, and never those of the sealed record. */
  readonly droppedFull: number;
}
