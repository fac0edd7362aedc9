import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { layoutBytes } from "../model/series-snapshot.ts";
import type { InstanceSnapshot, SeriesSnapshot } from "../model/series-snapshot.ts";

export interface LatestSnapshotsOptions {
  readonly clock: Clock;
  /** For all snapshots together; beyond it those that are oldest are evicted. */
  readonly bytesMax: number;
  /** Collects an instance now; its snapshot comes by record() too. Null when it will not come. */
  readonly refresh: (instanceId: number) => Promise<SeriesSnapshot | null>;
}

/** A new snapshot is worth this wait; then the one from before is served. */
const REFRESH_WAIT_MS = 100;
/** The first has none before it, and its thread may still be starting. */
const FIRST_WAIT_MS = 2_000;

interface Kept {
  readonly snapshot: SeriesSnapshot;
  /** Monotonic. */
  readonly arrivedMs: number;
  readonly bytes: number;
}

/** The newest snapshot of each instance that has series, within a limit of bytes. */
export class LatestSnapshots {
  /** `bytes` are estimated; `evicted` counts snapshots, one that alone is over the limit included. */
  readonly stats = { bytes: 0, evicted: 0 };
  readonly #options: LatestSnapshotsOptions;
  /** In the order in which they arrived. */
  readonly #kept = new Map<number, Kept>();

  constructor(options: LatestSnapshotsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  record({ instanceId, snapshot }: InstanceSnapshot): void {
    const before = this.#kept.get(instanceId);
    // An unchanged layout was measured already.
    const ofLayout =
      before?.snapshot.layout === snapshot.layout
        ? before.bytes - before.snapshot.values.byteLength
        : layoutBytes(snapshot.layout);
    const bytes = ofLayout + snapshot.values.byteLength;
    this.forget(instanceId);
    this.#kept.set(instanceId, { snapshot, arrivedMs: this.#options.clock.monotonicMs(), bytes });
    this.stats.bytes += bytes;
    this.#evict();
  }

  forget(instanceId: number): void {
    this.stats.bytes -= this.#kept.get(instanceId)?.bytes ?? 0;
    this.#kept.delete(instanceId);
  }

  get(instanceId: number): SeriesSnapshot | null {
    return this.#kept.get(instanceId)?.snapshot ?? null;
  }

  /**
   * The newest snapshot, younger than `maxAgeMs` unless a new one takes over 100 ms (2 s for the first). Null before the
   * first. Never rejects.
   */
  async fresh(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null> {
    const { clock, refresh } = this.#options;
    const kept = this.#kept.get(instanceId);
    if (kept !== undefined && clock.monotonicMs() - kept.arrivedMs < maxAgeMs) return kept.snapshot;
    const waited = new AbortController();
    const waitMs = kept === undefined ? FIRST_WAIT_MS : REFRESH_WAIT_MS;
    const refreshed = await Promise.race([refresh(instanceId), sleep(clock, waitMs, waited.signal)]);
    waited.abort();
    return refreshed ?? this.get(instanceId);
  }

  #evict(): void {
    for (const id of this.#kept.keys()) {
      if (this.stats.bytes <= this.#options.bytesMax) return;
      this.forget(id);
      this.stats.evicted++;
    }
  }
}

export const SNAPSHOT_METRICS: readonly OwnMetric<LatestSnapshots>[] = [
  gauge({
    name: "cloud_monitor_series_snapshots",
    help: "Instances whose latest series are kept in memory.",
    read: ({ size }) => size,
  }),
  gauge({
    name: "cloud_monitor_series_snapshots_bytes",
    help: "Estimated memory of the latest series of all instances.",
    read: ({ stats }) => stats.bytes,
  }),
  counter({
    name: "cloud_monitor_series_snapshots_evicted_total",
    help: "Series snapshots evicted, oldest first, to stay within the memory limit.",
    read: ({ stats }) => stats.evicted,
  }),
];
