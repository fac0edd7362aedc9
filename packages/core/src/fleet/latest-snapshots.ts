import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { Clock } from "../model/clock.ts";
import { layoutBytes } from "../model/series-snapshot.ts";
import type { InstanceSnapshot, SeriesSnapshot } from "../model/series-snapshot.ts";

export interface LatestSnapshotsOptions {
  readonly clock: Clock;
  /** For all snapshots together; beyond it those that are oldest are evicted. */
  readonly bytesMax: number;
  /** Collects an instance now; its snapshot comes by record() too. Null when it will not come. */
  readonly refresh: (instanceId: number) => Promise<SeriesSnapshot | null>;
}

/** A machine under load may take this long. */
const REFRESH_WAIT_MS = 1_000;
/** The wait for an instance whose last refresh did not come at all: its thread may be stuck. */
const LATE_WAIT_MS = 100;
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
  /** Instances whose last refresh did not come in time, and that have sent nothing since. */
  readonly #late = new Set<number>();

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
    this.#late.delete(instanceId);
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
   * The newest snapshot, if it is younger than `maxAgeMs`, else a new one. Null when that takes over 1 s (2 s for the first;
   * 100 ms when the one before did not come either): old values must not be served under a new time. Never rejects.
   */
  async fresh(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null> {
    const { clock, refresh } = this.#options;
    const askedMs = clock.monotonicMs();
    const kept = this.#kept.get(instanceId);
    if (kept !== undefined && askedMs - kept.arrivedMs < maxAgeMs) return kept.snapshot;
    // Not an AbortSignal: the error made for each abort was a hundredth of a scrape.
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(this.#waitMs(instanceId), () => {
      this.#late.add(instanceId);
      late.resolve(null);
    });
    const refreshed = await Promise.race([refresh(instanceId), late.promise]);
    cancel();
    const newest = this.#kept.get(instanceId);
    return refreshed ?? (newest !== undefined && newest.arrivedMs >= askedMs ? newest.snapshot : null);
  }

  #waitMs(instanceId: number): number {
    if (this.#late.has(instanceId)) return LATE_WAIT_MS;
    return this.#kept.has(instanceId) ? REFRESH_WAIT_MS : FIRST_WAIT_MS;
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
