import type { Instance, InstanceStatus } from "../model/instance.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";

/** Read-only view of the fleet, for the main thread. Nothing here is a copy: do not keep results across event-loop turns. */
export interface FleetView {
  readonly size: number;
  /** The stored id of this daemon's own host: negative, shown as 0. */
  readonly hostId: number;
  /** This host first, the others by id. */
  instances(): Iterable<Instance>;
  statusOf(instance: Instance): InstanceStatus;
  counts(): Record<InstanceStatus, number>;
  readonly latest: LatestView;
  /** The latest series of an instance, refreshed when older than `maxAgeMs`; null before the first. Never rejects. */
  freshSnapshot(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null>;
}

/** The latest row of each instance, by column. */
export interface LatestView {
  /** Row index of an instance; -1 before its first sample. Valid until the next event-loop turn: removals move rows. */
  row(id: number): number;
  /** One array per core metric, in the order of CORE_METRICS; NaN is unknown. Float4 metrics are as wide here as others. */
  readonly columns: readonly Float64Array[];
}
