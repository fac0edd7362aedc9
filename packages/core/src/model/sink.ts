import type { Batch } from "./batch.ts";
import type { InstanceSnapshot } from "./series-snapshot.ts";

/**
 * Takes what was collected to one place: the storage, or an output beside it. It is written to by one sender of its
 * own, one record at a time, in the order of collection; another sink that is slow or away does not hold it up.
 */
export interface Sink {
  /** Names its row accounting and log lines; unique in a daemon, one lower-case word. */
  readonly name: string;
  /** True: its records carry the series snapshots that came with their rows. */
  readonly wantsSnapshots?: boolean;
  /** Makes it ready for writes. Called again, with back-off, after it threw. */
  start(): Promise<void>;
  /**
   * Resolves when the record is safe where it goes, to what became of each row. Throws CloudMonitorError:
   * `retryable` and the same record comes again, under the same id, until it is taken or the daemon stops; not
   * retryable and its rows count as refused. A write must end by a timeout of its own within 30 s: a longer silence of
   * the storage is taken for a hang of the daemon. `signal` aborts when the time to stop is up: from then on nobody
   * waits for the answer.
   */
  write(record: SampleRecord, signal: AbortSignal): Promise<WriteOutcome>;
  /** Called after the last write; safe twice and without start(). */
  stop(): Promise<void>;
}

/** Rows on their way to one sink. Never changed: the same id has the same rows at each attempt. */
export interface SampleRecord {
  /**
   * Unique over all sinks and processes. A sink that remembers the ids it took takes each record once, though the reply
   * to an earlier attempt was lost.
   */
  readonly id: string;
  /** At least one row; shared with other sinks, so not to be moved to another thread. */
  readonly batch: Batch;
  /** Only for a sink that wants them: those that came with the rows, in the order of collection. */
  readonly snapshots?: readonly InstanceSnapshot[];
}

/** What became of a record's rows; the sum is its row count. */
export interface WriteOutcome {
  readonly delivered: number;
  /** Rows that were there already: a replay of the record, or another row of the same instance and slot. */
  readonly duplicates: number;
  /** Rows that the sink set aside since it may not keep them: their time is outside what it takes. */
  readonly quarantined: number;
}
