import type { Instance, InstanceStatus } from "../model/instance.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";

/** What readers may see of the fleet. Main thread only; nothing here is a copy, so nobody keeps it across a turn of the loop. */
export interface FleetView {
  readonly size: number;
  /** The stored id of this daemon's own host: negative, shown as 0. */
  readonly hostId: number;
  /** The own host first, the others by their ids. */
  instances(): Iterable<Instance>;
  statusOf(instance: Instance): InstanceStatus;
  counts(): Record<InstanceStatus, number>;
  readonly latest: LatestView;
  /** The newest series of an instance, read anew when older than `maxAgeMs`; null before the first. Never rejects. */
  freshSnapshot(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null>;
}

/** The newest row of each instance, by column. */
export interface LatestView {
  /** Row of an instance; -1 before its first sample. Valid until the loop turns: removals move rows. */
  row(id: number): number;
  /** One array a core metric, in the order of CORE_METRICS; NaN is unknown. Float4 metrics are as wide here as others. */
  readonly columns: readonly Float64Array[];
}
