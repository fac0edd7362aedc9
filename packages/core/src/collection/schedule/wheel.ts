import { offsetOf, periodOf } from "./slots.ts";

/** Called for each due instance: `slot` is the absolute slot number it is due in. */
export type DueVisitor = (id: number, slot: number) => void;

/**
 * The schedule, a timing wheel: for each interval in use, one bucket of ids per slot. Advancing costs one bucket per
 * interval, whatever the number of instances (one timer per instance costs ten times more).
 */
export class Wheel {
  readonly #rings = new Map<number, Ring>();
  readonly #intervals = new Map<number, number>();
  #lastSlot: number;

  /** `slot`: the current one; the first to be served is the next. */
  constructor(slot: number) {
    this.#lastSlot = slot;
  }

  /** Adds an instance, or moves it to another interval. */
  put(id: number, intervalSeconds: number): void {
    if (this.#intervals.get(id) === intervalSeconds) return;
    this.remove(id);
    this.#intervals.set(id, intervalSeconds);
    const ring = this.#rings.get(intervalSeconds) ?? new Ring(periodOf(intervalSeconds));
    this.#rings.set(intervalSeconds, ring);
    ring.add(id);
  }

  remove(id: number): void {
    const interval = this.#intervals.get(id);
    if (interval === undefined) return;
    this.#intervals.delete(id);
    const ring = this.#rings.get(interval)!;
    ring.remove(id);
    if (ring.size === 0) this.#rings.delete(interval);
  }

  /** Shifts the position in the numbering, with the same distance to `advance` as before: slots skipped by a step of the wall clock are not made up for. */
  shift(slots: number): void {
    this.#lastSlot += slots;
  }

  /**
   * Serves every slot since the last call, up to `slot`. After a long suspension each instance is visited once, for its latest
   * slot; the return value is the number of older slots skipped. After a small step backward, nothing is served until
   * time has caught up.
   */
  advance(slot: number, visit: DueVisitor): number {
    const gap = slot - this.#lastSlot;
    if (gap <= 0) return 0;
    let missed = 0;
    for (const ring of this.#rings.values()) missed += ring.serve(this.#lastSlot, slot, visit);
    this.#lastSlot = slot;
    return missed;
  }
}

/** The instances of one interval, by the slot they are due in. */
class Ring {
  readonly #period: number;
  /** Sparse: an interval of a day has 864,000 slots and perhaps one instance. */
  readonly #buckets = new Map<number, Set<number>>();
  size = 0;

  constructor(period: number) {
    this.#period = period;
  }

  add(id: number): void {
    const offset = offsetOf(id, this.#period);
    const bucket = this.#buckets.get(offset);
    if (bucket === undefined) this.#buckets.set(offset, new Set([id]));
    else bucket.add(id);
    this.size++;
  }

  remove(id: number): void {
    const offset = offsetOf(id, this.#period);
    const bucket = this.#buckets.get(offset);
    if (bucket === undefined || !bucket.delete(id)) return;
    if (bucket.size === 0) this.#buckets.delete(offset);
    this.size--;
  }

  serve(afterSlot: number, untilSlot: number, visit: DueVisitor): number {
    const gap = untilSlot - afterSlot;
    if (gap === 1) {
      for (const id of this.#buckets.get(untilSlot % this.#period) ?? []) visit(id, untilSlot);
      return 0;
    }
    let missed = 0;
    for (const [offset, bucket] of this.#buckets) {
      const newest = untilSlot - ((((untilSlot - offset) % this.#period) + this.#period) % this.#period);
      if (newest <= afterSlot) continue;
      missed += Math.floor((newest - afterSlot - 1) / this.#period) * bucket.size;
      for (const id of bucket) visit(id, newest);
    }
    return missed;
  }
}
