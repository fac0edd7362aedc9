import type { Config } from "../config/config.ts";
import type { InstanceRef } from "../model/collector.ts";
import type { PageLayout } from "../model/page.ts";

/**
 * What a thread must know to begin. It is the thread's `workerData`: cloned with its current content each time a thread
 * is made, so a replaced thread starts with every instance it owns.
 */
export interface ShardSetup {
  /** Tells the replies of a replaced thread apart. */
  readonly generation: number;
  /** Two Int32: the id being collected, and 1 while a collection runs. Names the one that hung or killed its thread. */
  readonly current: SharedArrayBuffer;
  readonly instances: ReadonlyMap<number, InstanceRef>;
  readonly host: Config["host"];
  /** Deadline of an asynchronous collection, at most the instance's interval less two slots. */
  readonly collectTimeoutMs: number;
}

/** Main thread to shard. One is in flight at a time. */
export interface Tick {
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
