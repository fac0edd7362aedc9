import type { Clock } from "../model/clock.ts";
import type { FailureReason } from "../model/failure.ts";
import type { Instance, InstanceStatus } from "../model/instance.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import type { FleetView } from "./fleet-view.ts";
import type { Inventory } from "./inventory.ts";
import type { LatestSnapshots } from "./latest-snapshots.ts";
import type { LatestValues } from "./latest-values.ts";
import type { StatusTracker } from "./events/status-tracker.ts";
import { staleAfterMs, statusOf } from "./status.ts";

/** The id of the daemon's own host in the API. */
const OWN_HOST_ID = 0;

export interface FleetOptions {
  readonly inventory: Inventory;
  readonly latest: LatestValues;
  readonly snapshots: LatestSnapshots;
  /** What is known from before this process. */
  readonly tracker: Pick<StatusTracker, "since">;
  readonly clock: Clock;
}

/** Joins the inventory with the latest values and snapshots of each instance, and keeps them in step with the inventory. */
export class Fleet implements FleetView {
  readonly latest: LatestValues;
  readonly #snapshots: LatestSnapshots;
  readonly #inventory: Inventory;
  readonly #tracker: FleetOptions["tracker"];
  readonly #clock: Clock;

  constructor(options: FleetOptions) {
    this.latest = options.latest;
    this.#snapshots = options.snapshots;
    this.#inventory = options.inventory;
    this.#tracker = options.tracker;
    this.#clock = options.clock;
    this.#inventory.subscribe({
      added: (instances) => instances.forEach(({ id }) => this.latest.track(id)),
      changed: () => {},
      removed: (instances) => instances.forEach(({ id }) => this.#forget(id)),
    });
  }

  get size(): number {
    return this.#inventory.size;
  }

  get hostId(): number {
    return this.#inventory.hostId;
  }

  instances(): Iterable<Instance> {
    return this.#inventory.instances();
  }

  get(id: number): Instance | undefined {
    return this.#inventory.get(id);
  }

  statusOf(instance: Instance): InstanceStatus {
    return statusOf(this.latest.attempt(instance.id), instance.interval, this.#clock.monotonicMs());
  }

  /** Why it is down; null otherwise. */
  reasonOf(instance: Instance): FailureReason | null {
    return this.statusOf(instance) === "down" ? this.latest.reason(this.latest.row(instance.id)) : null;
  }

  /** Since when it has its status, milliseconds since 1970. */
  sinceMsOf(instance: Instance): number {
    const status = this.statusOf(instance);
    if (status === "pending") return instance.createdAtMs;
    const row = this.latest.row(instance.id);
    const storedMs = this.#tracker.since(instance.id, status);
    if (status === "stale") return storedMs ?? this.latest.timestampMs(row) + staleAfterMs(instance.interval);
    // Rows that are not stored yet may show a later change; a row after a stale time has the same `up` as before it.
    const known = [storedMs ?? Number.NaN, this.latest.changedMs(row)].filter((ms) => !Number.isNaN(ms));
    return known.length === 0 ? this.latest.timestampMs(row) : Math.max(...known);
  }

  counts(): Record<InstanceStatus, number> {
    const counts = { up: 0, down: 0, stale: 0, pending: 0 };
    const nowMs = this.#clock.monotonicMs();
    for (const { id, interval } of this.instances()) counts[statusOf(this.latest.attempt(id), interval, nowMs)]++;
    return counts;
  }

  freshSnapshot(instanceId: number, maxAgeMs: number): Promise<SeriesSnapshot | null> {
    return this.#snapshots.fresh(instanceId, maxAgeMs);
  }

  /** The stored id for an id of the API. */
  resolve(publicId: number): number {
    return publicId === OWN_HOST_ID ? this.hostId : publicId;
  }

  /** The id in the API. */
  publicId(id: number): number {
    return id === this.hostId ? OWN_HOST_ID : id;
  }

  #forget(id: number): void {
    this.latest.forget(id);
    this.#snapshots.forget(id);
  }
}
