import { SLOT_MS } from "./slots.ts";

/** Maximum number of rows per tick: 5,000 take about 2 ms in the thread. */
export const ROWS_PER_TICK = 5_000;

export interface DueInstances {
  readonly ids: Int32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
}

/** Collections that wait for their thread, oldest first, each instance at most once. */
export class DueQueue {
  /** From a lost tick, to be served first. At most one tick's rows. */
  #returned = new Map<number, number>();
  readonly #slots = new Map<number, number>();

  get size(): number {
    return this.#returned.size + this.#slots.size;
  }

  /**
   * `timestampMs` NaN stands for the time at which it is taken. An instance that is already queued keeps its position; one
   * collection then serves its slot and the wish to be collected at once. False when it was queued for another slot: that
   * one is dropped for this one.
   */
  add(id: number, timestampMs: number): boolean {
    const queue = this.#returned.has(id) ? this.#returned : this.#slots;
    const waitingMs = queue.get(id) ?? NaN;
    if (!Number.isNaN(timestampMs) || !queue.has(id)) queue.set(id, timestampMs);
    return Number.isNaN(waitingMs) || Number.isNaN(timestampMs);
  }

  /** The slot that the instance was queued for (NaN: at once), or undefined when it was not queued. */
  remove(id: number): number | undefined {
    const timestampMs = this.#returned.get(id) ?? this.#slots.get(id);
    this.#returned.delete(id);
    this.#slots.delete(id);
    return timestampMs;
  }

  /** Takes what fits into one tick; `nowMs` is the timestamp of those due at once. */
  take(nowMs: number): DueInstances {
    const rows = Math.min(this.size, ROWS_PER_TICK);
    const due = { ids: new Int32Array(rows), timestamps: new Float64Array(rows) };
    const taken = moveInto(due, { from: this.#returned, at: 0, nowMs });
    moveInto(due, { from: this.#slots, at: taken, nowMs });
    return due;
  }

  /** Returns an instance of a lost tick to the head. False when it is queued for another slot: its older one is dropped. */
  putBack(id: number, timestampMs: number): boolean {
    const waitingMs = this.#slots.get(id);
    if (waitingMs !== undefined && (!Number.isNaN(waitingMs) || !isSlot(timestampMs))) return !isSlot(timestampMs);
    this.#slots.delete(id);
    this.#returned.set(id, isSlot(timestampMs) ? timestampMs : NaN);
    return true;
  }
}

function moveInto(due: DueInstances, source: { from: Map<number, number>; at: number; nowMs: number }): number {
  const { from, nowMs } = source;
  let row = source.at;
  for (const [id, timestampMs] of from) {
    if (row === due.ids.length) break;
    due.ids[row] = id;
    due.timestamps[row] = Number.isNaN(timestampMs) ? betweenSlots(nowMs) : timestampMs;
    row++;
    from.delete(id);
  }
  return row;
}

/** The current time in whole milliseconds, but never the start of a slot: the instance's own slot may have that key. */
function betweenSlots(nowMs: number): number {
  const wholeMs = Math.floor(nowMs);
  return isSlot(wholeMs) ? wholeMs + 1 : wholeMs;
}

function isSlot(timestampMs: number): boolean {
  return timestampMs % SLOT_MS === 0;
}
