import { allocateBatch, concatBatches, truncateBatch, type Batch } from "../../model/batch.ts";
import type { RowWindow } from "../row-window.ts";

const FIRST_ROWS = 1024;

/**
 * The latest rows, at most `rowsMax`: a batch used as a ring buffer, grown by doubling, with an index from instance and
 * timestamp to position. A position whose key was removed is overwritten when the ring reaches it.
 */
export class SampleRing {
  readonly #rowsMax: number;
  #rows: Batch;
  /** Position of the next row; all positions are in use once `#wrapped`. */
  #next = 0;
  #wrapped = false;
  readonly #slots = new Map<number, Map<number, number>>();

  constructor(rowsMax: number) {
    this.#rowsMax = Math.max(1, rowsMax);
    this.#rows = allocateBatch(Math.min(FIRST_ROWS, this.#rowsMax));
  }

  /** False when the key exists; the first row is kept. */
  add(batch: Batch, row: number): boolean {
    const id = batch.ids[row]!;
    const timestamp = batch.timestamps[row]!;
    const slots = this.#slots.get(id) ?? new Map<number, number>();
    if (slots.has(timestamp)) return false;
    const slot = this.#takeSlot();
    this.#slots.set(id, slots.set(timestamp, slot));
    copyRow({ from: batch, row }, { to: this.#rows, row: slot });
    return true;
  }

  /** Timestamps of an instance in [fromMs, toMs), with a reader of their columns, in order of time. */
  range(id: number, fromMs: number, toMs: number): readonly { timestampMs: number; value(column: number): number }[] {
    return [...(this.#slots.get(id) ?? [])]
      .filter(([timestamp]) => timestamp >= fromMs && timestamp < toMs)
      .sort((a, b) => a[0] - b[0])
      .map(([timestampMs, slot]) => ({ timestampMs, value: (column) => this.#rows.columns[column]![slot]! }));
  }

  /** The latest row in the window of each of `ids` that has one. */
  newest(ids: readonly number[], { fromMs, toMs }: RowWindow): Batch {
    const out = allocateBatch(ids.length);
    let count = 0;
    for (const id of ids) {
      const inTime = [...(this.#slots.get(id) ?? [])].filter(([timestamp]) => timestamp >= fromMs && timestamp <= toMs);
      const newest = inTime.reduce((a, b) => (b[0] > a[0] ? b : a), [-Infinity, -1]);
      if (newest[1] >= 0) {
        copyRow({ from: this.#rows, row: newest[1] }, { to: out, row: count++ });
      }
    }
    return truncateBatch(out, count);
  }

  dropBefore(ms: number): void {
    for (const [id, slots] of this.#slots) {
      for (const timestamp of slots.keys()) if (timestamp < ms) slots.delete(timestamp);
      if (slots.size === 0) this.#slots.delete(id);
    }
  }

  #takeSlot(): number {
    if (this.#next === this.#rows.rows) this.#growOrWrap();
    const slot = this.#next++;
    if (this.#wrapped) this.#forget(slot);
    return slot;
  }

  #growOrWrap(): void {
    const more = Math.min(this.#rows.rows, this.#rowsMax - this.#rows.rows);
    if (more > 0) {
      this.#rows = concatBatches([this.#rows, allocateBatch(more)]);
    } else {
      this.#next = 0;
      this.#wrapped = true;
    }
  }

  #forget(slot: number): void {
    const id = this.#rows.ids[slot]!;
    const timestamp = this.#rows.timestamps[slot]!;
    const slots = this.#slots.get(id);
    if (slots?.get(timestamp) !== slot) return;
    slots.delete(timestamp);
    if (slots.size === 0) this.#slots.delete(id);
  }
}

function copyRow(source: { from: Batch; row: number }, target: { to: Batch; row: number }): void {
  target.to.ids[target.row] = source.from.ids[source.row]!;
  target.to.timestamps[target.row] = source.from.timestamps[source.row]!;
  target.to.reasons[target.row] = source.from.reasons[source.row]!;
  source.from.columns.forEach((column, c) => (target.to.columns[c]![target.row] = column[source.row]!));
}
