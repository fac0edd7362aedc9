import type { Batch } from "./batch.ts";
import type { NewEvent, UnwatchedTime } from "./event.ts";
import type { InstanceSnapshot } from "./series-snapshot.ts";

/**
 * A destination of collected rows: the storage, or another output. Its own sender writes to it, one record at a time, in
 * the order of collection; another sink that is slow or unavailable does not delay it.
 */
export interface Sink {
  /** Names its row accounting and log lines; unique in a daemon, one lower-case word. */
  readonly name: string;
  /** True: its records carry the series snapshots collected with their rows. */
  readonly wantsSnapshots?: boolean;
  /** Prepares it for writes. Called again, with back-off, after it threw. */
  start(): Promise<void>;
  /**
   * Resolves, with the outcome of each row, when the record is durable at its destination. Throws CloudMonitorError: if it
   * is `retryable`, the same record is written again, under the same id, until it succeeds or the daemon stops; if not,
   * its rows count as refused. A write must end within 30 s by its own timeout: a longer delay of the storage is
   * treated as a hang of the daemon. `signal` is aborted at the shutdown deadline: from then on the result is ignored.
   */
  write(record: SampleRecord, signal: AbortSignal): Promise<WriteOutcome>;
  /** Called after the last write; idempotent, and safe without start(). */
  stop(): Promise<void>;
}

/** Rows for one sink. Immutable: the same id has the same rows in each attempt. */
export interface SampleRecord {
  /**
   * Unique across all sinks and processes. A sink that remembers accepted ids stores each record once, even if the
   * response to an earlier attempt was lost.
   */
  readonly id: string;
  /** Shared with other sinks, so it must not be transferred to another thread. Without rows only where there are `changes`. */
  readonly batch: Batch;
  /** Only for a sink that wants them: those collected with the rows, in the order of collection. */
  readonly snapshots?: readonly InstanceSnapshot[];
  /** Only for the storage: stored with the rows, or not at all. */
  readonly changes?: RecordChanges;
}

/** What the rows of a record show beside their values, and what happened in the daemon before them. */
export interface RecordChanges {
  readonly events: readonly NewEvent[];
  readonly unwatched: readonly UnwatchedTime[];
}

/** The outcome of a record's rows; the sum is its row count. */
export interface WriteOutcome {
  readonly delivered: number;
  /** Rows that existed before: a replay of the record, or another row of the same instance and slot. */
  readonly duplicates: number;
  /** Rows that the sink quarantined because their timestamps are outside its time range. */
  readonly quarantined: number;
}
