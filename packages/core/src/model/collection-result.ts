import type { Batch } from "./batch.ts";
import type { InstanceSnapshot } from "./series-snapshot.ts";

/** What collections gave: a row per instance, and the snapshots of those among them that write series. */
export interface CollectionResult {
  readonly batch: Batch;
  readonly snapshots: readonly InstanceSnapshot[];
}
