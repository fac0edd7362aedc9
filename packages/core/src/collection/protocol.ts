import type { HostOptions } from "../collectors/registry.ts";
import type { InstanceRef } from "../model/collector.ts";
import type { SeriesLayout } from "../model/series-snapshot.ts";

/** What a thread must know to begin: its `workerData`. It hears of each instance with the first tick that collects it. */
export interface ShardSetup {
  /** Tells the replies of a replaced thread apart. */
  readonly generation: number;
  /** See Progress: names the instance that hung or killed its thread. */
  readonly progress: SharedArrayBuffer;
  /**
   * The rows of the tick in hand, ROWS_PER_TICK at most, laid out as viewBatch does: what is finished outlives the thread.
   * No other thread ever writes here, so one that wakes up long after it was given up spoils nothing.
   */
  readonly rows: SharedArrayBuffer;
  readonly host: HostOptions;
  /** Deadline of an asynchronous collection, at most the instance's interval less two slots. */
  readonly collectTimeoutMs: number;
}

/** Main thread to shard. One is in flight at a time. */
export interface Tick {
  /** Instances among `ids` that are new or changed. */
  readonly put: readonly InstanceRef[];
  readonly remove: readonly number[];
  /** Who is due, and for which slot (milliseconds since 1970). */
  readonly ids: Int32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** Instances whose snapshot is read anew, without a row. */
  readonly refresh: readonly number[];
}

/** Shard to main thread, the answer to a tick. */
export interface TickReply {
  readonly generation: number;
  /** A batch's buffer (see viewBatch), moved. */
  readonly buffer: ArrayBuffer;
  readonly rows: number;
  /** Instances whose collection goes on; their rows come in a LateReply. */
  readonly later: readonly number[];
  /** Instances whose refresh goes on; it ends with a LateReply without a row. */
  readonly refreshing: readonly number[];
  /** Instances skipped since their collection from before still goes on. */
  readonly busy: number;
  /** Of the instances that were due, and of those that were refreshed. */
  readonly snapshots: readonly SnapshotMessage[];
  readonly refreshed: readonly SnapshotMessage[];
  readonly failures: readonly SectionFailure[];
  /** How long the thread worked on it. */
  readonly durationMs: number;
}

/** Shard to main thread: a collection or refresh that ended after its tick was answered. */
export interface LateReply {
  readonly generation: number;
  readonly instanceId: number;
  /** A batch of one row, moved; null after a refresh. */
  readonly buffer: ArrayBuffer | null;
  readonly snapshot: SnapshotMessage | null;
  readonly failures: readonly SectionFailure[];
}

/** A snapshot whose layout is null when it is that of the message before, of the same instance from the same thread. */
export interface SnapshotMessage {
  readonly instanceId: number;
  readonly layout: SeriesLayout | null;
  readonly values: Float64Array<ArrayBuffer>;
  readonly readAtMs: number;
}

/** One part of a collection failed: of this host, one of its collectors. */
export interface SectionFailure {
  readonly instanceId: number;
  readonly collector: string;
  readonly message: string;
}

/** The buffers of snapshots, to be moved with their message. */
export function snapshotBuffers(snapshots: readonly SnapshotMessage[]): ArrayBuffer[] {
  return snapshots.map(({ values }) => values.buffer);
}
