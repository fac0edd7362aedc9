import type { HistoryStore } from "./history-store.ts";
import type { InstanceStore } from "./instance-store.ts";
import type { Sink } from "./sink.ts";

/**
 * One database behind three contracts: the sink of samples, their history, and the instances. Whoever uses one of them
 * asks for that one; this is for who starts, watches and stops the whole. One contract suite runs on every implementation.
 */
export interface Storage extends Sink, HistoryStore {
  readonly name: "storage";
  readonly kind: "memory" | "postgres";
  /** One line for people: where the data is. Never a password. */
  readonly location: string;
  readonly stats: StorageStats;
  readonly instances: InstanceStore;
  /** Connects and migrates. May be called again after a failure. */
  start(): Promise<void>;
  /** Ends all connections; safe twice and without start(). */
  stop(): Promise<void>;
  /** Resolves when samples would be taken now; writes nothing. */
  probe(): Promise<void>;
  /**
   * Makes partitions ahead and drops a few of those past retention, unless the clock by which they are past may be wrong.
   * Call it every few minutes: the time between two calls counts as time in which the clock was seen to run.
   */
  maintain(): Promise<void>;
}

export interface StorageStats {
  /** True once start() succeeded and the last call, reading or writing, did not find the database away. */
  readonly available: boolean;
  /** Calls that found the database away, or refusing for a time. */
  readonly callsFailed: number;
  /** Why it is not available, in one sentence; null when it is. */
  readonly unavailableReason: string | null;
  readonly rowsStored: number;
  readonly batchesWritten: number;
  /** Sum of the time that writes took, seconds. */
  readonly writeSeconds: number;
  /** Run time until rows past retention are dropped again: the clock stepped, or a gap was found. 0 usually. */
  readonly retentionHoldSeconds: number;
  /** Partitions dropped, by table. */
  readonly partitionsDropped: Readonly<Record<string, number>>;
}
