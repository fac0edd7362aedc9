import type { HostOptions } from "../collectors/host/host-options.ts";
import type { InstanceRef } from "../model/collector.ts";
import type { PageLayout } from "../model/page.ts";

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
  /** Read this host's page anew without a row; its id, or null. */
  readonly refreshHost: number | null;
}

/** Shard to main thread, the answer to a tick. */
export interface TickReply {
  readonly generation: number;
  /** A batch's buffer (see viewBatch), moved. */
  readonly buffer: ArrayBuffer;
  readonly rows: number;
  /** Instances whose collection goes on; their rows come as LateRow. */
  readonly later: readonly number[];
  /** Instances skipped since their collection from before still goes on. */
  readonly busy: number;
  readonly page: PageMessage | null;
  readonly failures: readonly CollectorFailure[];
  /** How long the thread worked on it. */
  readonly durationMs: number;
}

/** Shard to main thread: one row that came after its tick was answered. */
export interface LateRow {
  readonly generation: number;
  readonly buffer: ArrayBuffer;
}

/** A page whose layout is null when it is that of the message before. */
export interface PageMessage {
  readonly layout: PageLayout | null;
  readonly values: Float64Array<ArrayBuffer>;
  readonly readAtMs: number;
}

/** A host collector that failed in this tick. */
export interface CollectorFailure {
  readonly collector: string;
  readonly message: string;
}
