import type { HostOptions } from "../collectors/registry.ts";
import type { HostCollectorState } from "../collectors/host/host-collector-set.ts";
import type { InstanceRef } from "../model/collector.ts";
import type { TargetRules } from "../platform/target-judge.ts";
import type { SeriesLayout } from "../model/series-snapshot.ts";

/** The `workerData` of a thread. It receives each instance with the first tick that collects it. */
export interface ShardSetup {
  /** Distinguishes the replies of a replaced thread. */
  readonly generation: number;
  /** See Progress: names the instance that hung or killed its thread. */
  readonly progress: SharedArrayBuffer;
  /**
   * The rows of the current tick, ROWS_PER_TICK at most, in the layout of viewBatch: finished rows outlive the thread.
   * No other thread ever writes here, so one that wakes up long after it was abandoned does no damage.
   */
  readonly rows: SharedArrayBuffer;
  readonly host: HostOptions;
  /** Where scraped instances may be. */
  readonly targets: TargetRules;
  /** Deadline of an asynchronous collection, at most the instance's interval less two slots. */
  readonly collectTimeoutMs: number;
}

/** Main thread to shard. One is in flight at a time. */
export interface Tick {
  /** Instances among `ids` that are new or changed. */
  readonly put: readonly InstanceRef[];
  readonly remove: readonly number[];
  /** The due instances, and their slots (milliseconds since 1970). */
  readonly ids: Int32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** Instances whose snapshot is refreshed, without a row. */
  readonly refresh: readonly number[];
  /** Null when they are the same as before. */
  readonly hostCollectors: HostCollectorState | null;
}

/** Shard to main thread, the reply to a tick. */
export interface TickReply {
  readonly generation: number;
  /** A batch's buffer (see viewBatch), transferred. */
  readonly buffer: ArrayBuffer;
  readonly rows: number;
  /** Instances whose collection is still running; their rows follow in a LateReply. */
  readonly later: readonly number[];
  /** Instances whose refresh is still running; it ends with a LateReply without a row. */
  readonly refreshing: readonly number[];
  /** Instances skipped because their previous collection is still running. */
  readonly busy: number;
  /** Of the instances that were due, and of those that were refreshed. */
  readonly snapshots: readonly SnapshotMessage[];
  readonly refreshed: readonly SnapshotMessage[];
  readonly failures: readonly SectionFailure[];
  /** Time that the thread took. */
  readonly durationMs: number;
}

/** Shard to main thread, several in a message: a collection or refresh that finished after the reply to its tick. */
export interface LateReply {
  readonly generation: number;
  readonly instanceId: number;
  /** A batch of one row, transferred; null after a refresh. */
  readonly buffer: ArrayBuffer | null;
  readonly snapshot: SnapshotMessage | null;
  readonly failures: readonly SectionFailure[];
}

/** A snapshot; its layout is null when it is that of the previous message for this instance from this thread. */
export interface SnapshotMessage {
  readonly instanceId: number;
  readonly layout: SeriesLayout | null;
  readonly values: Float64Array<ArrayBuffer>;
  readonly readAtMs: number;
}

/** A failed part of a collection: for this host, one of its collectors. */
export interface SectionFailure {
  readonly instanceId: number;
  readonly collector: string;
  /** Not all of the collector's source was affected: the rest is served, and its success is 1. */
  readonly isPartial: boolean;
  /** It delayed the others of this host, and is left out from now on. */
  readonly isSlow: boolean;
  readonly message: string;
}

/** The buffers of snapshots, to be transferred with their message. */
export function snapshotBuffers(snapshots: readonly SnapshotMessage[]): ArrayBuffer[] {
  return snapshots.map(({ values }) => values.buffer);
}
