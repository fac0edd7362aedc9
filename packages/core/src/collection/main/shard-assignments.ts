import type { HostCollectorState } from "../../collectors/host/host-collector-set.ts";
import type { InstanceRef } from "../../model/collector.ts";
import type { Tick } from "../protocol.ts";
import { hangDeadlineMs } from "./hang-deadline.ts";

export type AssignmentChanges = Pick<Tick, "put" | "remove" | "hostCollectors">;

/**
 * The instances assigned to a shard. Its thread receives each with the first tick that collects it: a new thread need not
 * wait for all of them, and a message is never larger than its tick.
 */
export class ShardAssignments {
  readonly #instances = new Map<number, InstanceRef>();
  /** New or changed since they were last sent to the thread. */
  #untold = new Set<number>();
  /** Removed since then. */
  #gone = new Set<number>();
  /** Number of instances by interval. */
  readonly #intervals = new Map<number, number>();
  readonly #hostCollectors: () => HostCollectorState;
  /** The state of the host's collectors that was last sent; null for a new thread. */
  #toldHost: HostCollectorState | null = null;

  constructor(hostCollectors: () => HostCollectorState) {
    this.#hostCollectors = hostCollectors;
  }

  get instances(): ReadonlyMap<number, InstanceRef> {
    return this.#instances;
  }

  /** Time without progress after which the thread counts as hung. */
  get hangDeadlineMs(): number {
    return hangDeadlineMs(this.#intervals.keys());
  }

  put(instance: InstanceRef): void {
    const before = this.#instances.get(instance.id);
    if (before !== undefined) this.#countInterval(before.interval, -1);
    this.#countInterval(instance.interval, 1);
    this.#instances.set(instance.id, instance);
    this.#untold.add(instance.id);
    this.#gone.delete(instance.id);
  }

  remove(id: number): void {
    const instance = this.#instances.get(id);
    if (instance === undefined) return;
    this.#countInterval(instance.interval, -1);
    this.#instances.delete(id);
    this.#untold.delete(id);
    this.#gone.add(id);
  }

  /** Whether the thread has the current version of this instance, not one from before a change. */
  isCurrent(id: number): boolean {
    return this.#instances.has(id) && !this.#untold.has(id);
  }

  /** What to send with the tick that collects `ids`. */
  takeChanges(ids: Iterable<number>): AssignmentChanges {
    const put: InstanceRef[] = [];
    if (this.#untold.size > 0) {
      for (const id of ids) if (this.#untold.delete(id)) put.push(this.#instances.get(id)!);
    }
    const remove = [...this.#gone];
    this.#gone.clear();
    const state = this.#hostCollectors();
    const hostCollectors = state === this.#toldHost ? null : state;
    this.#toldHost = state;
    return { put, remove, hostCollectors };
  }

  /** The name of the thread's host collector with this index; null if there is none. */
  hostCollectorAt(index: number): string | null {
    return this.#toldHost?.enabled[index] ?? null;
  }

  /** A new thread starts: it knows no instances. */
  forgetTold(): void {
    this.#untold = new Set(this.#instances.keys());
    this.#gone = new Set();
    this.#toldHost = null;
  }

  #countInterval(interval: number, change: 1 | -1): void {
    const count = (this.#intervals.get(interval) ?? 0) + change;
    if (count === 0) this.#intervals.delete(interval);
    else this.#intervals.set(interval, count);
  }
}
