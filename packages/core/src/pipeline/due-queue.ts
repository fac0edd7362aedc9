import { SLOT_MS } from "./slots.ts";

/** Rows of one tick at most: 5,000 take about 2 ms in the thread. */
const ROWS_PER_TICK = 5_000;

/** Collections that wait for their thread, each instance at most once, those that wait longest first. */
export class DueQueue {
  readonly #slots = new Map<number, number>();

  get size(): number {
    return this.#slots.size;
  }

  /** False when the instance waits already: then its older slot is given up for this one, and it keeps its place. */
  add(id: number, timestampMs: number): boolean {
    const isNew = !this.#slots.has(id);
    this.#slots.set(id, timestampMs);
    return isNew;
  }

  /** The slot that the instance waited for, or undefined when it did not wait. */
  remove(id: number): number | undefined {
    const timestampMs = this.#slots.get(id);
    this.#slots.delete(id);
    return timestampMs;
  }

  /** Takes what fits into one tick; `nowMs` is the time of those that were due at once. */
  take(nowMs: number): { ids: Int32Array<ArrayBuffer>; timestamps: Float64Array<ArrayBuffer> } {
    const rows = Math.min(this.#slots.size, ROWS_PER_TICK);
    const ids = new Int32Array(rows);
    const timestamps = new Float64Array(rows);
    let row = 0;
    for (const [id, timestampMs] of this.#slots) {
      if (row === rows) break;
      ids[row] = id;
      timestamps[row] = Number.isNaN(timestampMs) ? betweenSlots(nowMs) : timestampMs;
      row++;
      this.#slots.delete(id);
    }
    return { ids, timestamps };
  }
}

/** Now, in whole milliseconds, but never the beginning of a slot: the instance's own slot may have that key. */
function betweenSlots(nowMs: number): number {
  const wholeMs = Math.floor(nowMs);
  return wholeMs % SLOT_MS === 0 ? wholeMs + 1 : wholeMs;
}
