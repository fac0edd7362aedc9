import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { Clock } from "../model/clock.ts";
import { layoutBytes } from "../model/series-snapshot.ts";
import type { InstanceSnapshot, SeriesSnapshot } from "../model/series-snapshot.ts";

export interface LatestSnapshotsOptions {
  readonly clock: Clock;
  /** For all snapshots together; beyond it those that nobody read, and then the least recently read ones, are evicted. */
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
  /** In the order in which they first arrived, and in which they were last read. */
  readonly #unread = new Map<number, Kept>();
  readonly #read = new Map<number, Kept>();
  /** Instances whose last refresh did not come in time, and that have sent nothing since. */
  readonly #late = new Set<number>();

  constructor(options: LatestSnapshotsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#unread.size + this.#read.size;
  }

  record({ instanceId, snapshot }: InstanceSnapshot): void {
    const before = this.#keptOf(instanceId);
    // An unchanged layout was measured already.
    const ofLayout =
      before?.snapshot.layout === snapshot.layout
        ? before.bytes - before.snapshot.values.byteLength
        : layoutBytes(snapshot.layout);
    const bytes = ofLayout + snapshot.values.byteLength;
    this.#late.delete(instanceId);
    this.stats.bytes += bytes - (before?.bytes ?? 0);
    const kept = { snapshot, arrivedMs: this.#options.clock.monotonicMs(), bytes };
    (this.#read.has(instanceId) ? this.#read : this.#unread).set(instanceId, kept);
    this.#evict();
  }

  forget(instanceId: number): void {
    this.stats.bytes -= this.#keptOf(instanceId)?.bytes ?? 0;
    this.#unread.delete(instanceId);
    this.#read.delete(instanceId);
  }

  get(instanceId: number): SeriesSnapshot | null {
    return this.#keptOf(instanceId)?.snapshot ?? null;
  }

  /**
   * The newest snapshot, if it is younger than `maxAgeMs`, else a new one. Null when that takes over 1 s (2 s for the first;
   * 100 ms when the one before did not come either): old values must not be served under a new time. Never rejects.
   */
  async fresh(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null> {
    const { clock, refresh } = this.#options;
    const askedMs = clock.monotonicMs();
    const kept = this.#keptOf(instanceId);
    if (kept !== undefined) this.#markRead(instanceId, kept);
    if (kept !== undefined && askedMs - kept.arrivedMs < maxAgeMs) return kept.snapshot;
    // Not an AbortSignal: the error made for each abort was a hundredth of a scrape.
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(this.#waitMs(instanceId), () => {
      this.#late.add(instanceId);
      late.resolve(null);
    });
    const refreshed = await Promise.race([refresh(instanceId), late.promise]);
    cancel();
    const newest = this.#keptOf(instanceId);
    return refreshed ?? (newest !== undefined && newest.arrivedMs >= askedMs ? newest.snapshot : null);
  }

  #waitMs(instanceId: number): number {
    if (this.#late.has(instanceId)) return LATE_WAIT_MS;
    return this.#keptOf(instanceId) !== undefined ? REFRESH_WAIT_MS : FIRST_WAIT_MS;
  }

  #keptOf(instanceId: number): Kept | undefined {
    return this.#unread.get(instanceId) ?? this.#read.get(instanceId);
  }

  #markRead(instanceId: number, kept: Kept): void {
    this.#unread.delete(instanceId);
    this.#read.delete(instanceId);
    this.#read.set(instanceId, kept);
  }

  #evict(): void {
    if (this.stats.bytes <= this.#options.bytesMax) return;
    for (const id of [...this.#unread.keys(), ...this.#read.keys()]) {
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
    help: "Series snapshots evicted to stay within the memory limit, least recently read first.",
    read: ({ stats }) => stats.evicted,
  }),
];
