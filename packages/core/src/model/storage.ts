import type { EventStore } from "./event-store.ts";
import type { HistoryStore } from "./history-store.ts";
import type { InstanceStore } from "./instance-store.ts";
import type { Sink } from "./sink.ts";

/**
 * One database behind four contracts: the sink of samples, their history, the instances, and the events. Users of one of them depend
 * on that contract; this one is for starting, monitoring and stopping. One contract test suite runs on every implementation.
 */
export interface Storage extends Sink, HistoryStore {
  readonly name: "storage";
  readonly kind: "memory" | "postgres";
  /** One line for users: where the data is. Never contains a password. */
  readonly location: string;
  readonly stats: StorageStats;
  readonly instances: InstanceStore;
  readonly events: EventStore;
  /** Connects and migrates. May be called again after a failure. */
  start(): Promise<void>;
  /** Closes all connections; idempotent, and safe without start(). */
  stop(): Promise<void>;
  /** Resolves when a write would succeed now; writes nothing. */
  probe(): Promise<void>;
  /**
   * Creates partitions ahead and drops some of those past retention, unless the clock may be wrong.
   * Call it every few minutes: the time between two calls counts as run time.
   */
  maintain(): Promise<void>;
}

export interface StorageStats {
  /** True once start() succeeded and the last call, reading or writing, did not find the database unavailable. */
  readonly available: boolean;
  /** Calls that found the database unavailable. */
  readonly callsFailed: number;
  /** Why it is unavailable, in one sentence; null when it is available. */
  readonly unavailableReason: string | null;
  readonly rowsStored: number;
  readonly batchesWritten: number;
  /** Total duration of writes, seconds. */
  readonly writeSeconds: number;
  /** Run time until rows past retention are dropped again, after a clock step or a gap; usually 0. */
  readonly retentionHoldSeconds: number;
  /** Partitions dropped, by table. */
  readonly partitionsDropped: Readonly<Record<string, number>>;
}
