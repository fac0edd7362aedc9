import type { Batch } from "./batch.ts";
import type { InstanceSnapshot } from "./series-snapshot.ts";

/** The result of collections: a row per instance, and the snapshots of the instances that write series. */
export interface CollectionResult {
  readonly batch: Batch;
  readonly snapshots: readonly InstanceSnapshot[];
}
