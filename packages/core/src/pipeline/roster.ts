import type { InstanceRef } from "../model/collector.ts";
import { hangDeadlineMs } from "./hang-deadline.ts";

/** Changes sent with one tick at most: cloning 1,000 instances takes about 2 ms. */
const CHANGES_PER_TICK = 1_000;

export interface RosterChanges {
  readonly put: readonly InstanceRef[];
  readonly remove: readonly number[];
}

/** The instances of a shard, and what its thread has not been told of them yet. */
export class Roster {
  readonly #instances = new Map<number, InstanceRef>();
  #put = new Map<number, InstanceRef>();
  #remove = new Set<number>();
  /** Null when the instances changed since it was worked out. */
  #hangDeadlineMs: number | null = null;

  get instances(): ReadonlyMap<number, InstanceRef> {
    return this.#instances;
  }

  get hasChanges(): boolean {
    return this.#put.size > 0 || this.#remove.size > 0;
  }

  /** After how long without an answer the thread counts as hung. */
  get hangDeadlineMs(): number {
    this.#hangDeadlineMs ??= hangDeadlineMs(this.#instances.values());
    return this.#hangDeadlineMs;
  }

  put(instance: InstanceRef): void {
    this.#instances.set(instance.id, instance);
    this.#put.set(instance.id, instance);
    this.#remove.delete(instance.id);
    this.#hangDeadlineMs = null;
  }

  remove(id: number): void {
    this.#instances.delete(id);
    this.#put.delete(id);
    this.#remove.add(id);
    this.#hangDeadlineMs = null;
  }

  /** What to tell with the next tick: all that the due instances need, and as many others as fit. */
  takeChanges(dueIds: Int32Array): RosterChanges {
    const put: InstanceRef[] = [];
    const take = (id: number) => {
      const instance = this.#put.get(id);
      if (instance === undefined) return;
      put.push(instance);
      this.#put.delete(id);
    };
    if (this.#put.size > 0) dueIds.forEach(take);
    for (const id of this.#put.keys()) {
      if (put.length >= CHANGES_PER_TICK) break;
      take(id);
    }
    const remove = [...this.#remove];
    this.#remove.clear();
    return { put, remove };
  }

  /** A new thread knows all instances from its start. */
  allTold(): void {
    this.#put = new Map();
    this.#remove = new Set();
  }
}
