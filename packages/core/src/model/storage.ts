import type { Batch } from "./batch.ts";
import type { CoreMetric } from "./core-metrics.ts";
import type { Instance, InstanceChange, NewInstance } from "./instance.ts";

/** What became of a batch's rows; the sum is the batch's row count. */
export interface WriteOutcome {
  readonly stored: number;
  /** Rows whose (instance, ts) was there already: a replay or an overlap. */
  readonly duplicates: number;
  /** Rows that no partition may take (outside retention, or over an hour ahead). */
  readonly quarantined: number;
}

export interface HistoryQuery {
  readonly instanceId: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a point; values within are averaged. */
  readonly stepMs: number;
  readonly metrics: readonly CoreMetric[];
}

/** One point a step that has rows; gaps are left out. */
export interface HistoryPoint {
  readonly timestampMs: number;
  /** In the order of the query's metrics; null when unknown over the whole step. */
  readonly values: readonly (number | null)[];
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

/**
 * Keeps samples and instances. Every call throws CloudMonitorError: `STORE_UNAVAILABLE` (retryable) when the database is
 * away or not yet started, others when a retry cannot help. One contract suite runs on every implementation.
 */
export interface Storage {
  readonly kind: "memory" | "postgres";
  readonly stats: StorageStats;
  /** One line for people: where the data is. Never a password. */
  readonly location: string;
  /** Connects and migrates. May be called again after a failure. */
  start(): Promise<void>;
  /** Ends all connections; safe twice and without start(). */
  stop(): Promise<void>;
  /** Stores a batch once: the same `batchId` again stores nothing and reports its rows as duplicates. */
  write(batchId: string, batch: Batch): Promise<WriteOutcome>;
  history(query: HistoryQuery): Promise<readonly HistoryPoint[]>;
  /** Resolves when samples would be taken now; writes nothing. */
  probe(): Promise<void>;
  /** The newest stored row of each instance since `sinceMs`, without those of the future that a wrong clock left. */
  latest(sinceMs: number): Promise<Batch>;
  /**
   * Makes partitions ahead and drops a few of those past retention, unless the clock by which they are past may be wrong.
   * Call it every few minutes: the time between two calls counts as time in which the clock was seen to run.
   */
  maintain(): Promise<void>;
  readonly instances: InstanceStore;
}

/** Who exists. Ids are given here, in order from 1, never reused. */
export interface InstanceStore {
  /** All that were not deleted. */
  load(): Promise<readonly Instance[]>;
  /** All or none: `INSTANCE_NAME_TAKEN` names the taken ones in its details. */
  create(instances: readonly NewInstance[]): Promise<readonly Instance[]>;
  /** `INSTANCE_NOT_FOUND`, `INSTANCE_NAME_TAKEN`. */
  update(id: number, change: InstanceChange): Promise<Instance>;
  /** Ids that were there; the others were gone already. */
  remove(ids: readonly number[]): Promise<readonly number[]>;
  /** The row of a daemon's own host: made at the first call for this id, else only its name and interval are refreshed. */
  registerHost(host: Instance): Promise<Instance>;
}
