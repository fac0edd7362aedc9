import { concatBatches } from "../model/batch.ts";
import type { Batch } from "../model/batch.ts";
import type { Clock } from "../model/clock.ts";
import type { Spool, SpoolRecord, SpoolStats } from "./spool.ts";

/** Rows of one record at most: large enough for the database, small enough to repeat. */
const RECORD_ROWS_MAX = 20_000;

interface Waiting {
  readonly batch: Batch;
  readonly arrivedMs: number;
}

/** Keeps the rows in memory: they survive an outage of the database, not of this process. */
export class MemorySpool implements Spool {
  onAppend: (() => void) | null = null;
  readonly #rowsMax: number;
  readonly #clock: Clock;
  readonly #newId: () => string;
  #waiting: Waiting[] = [];
  #sealed: { readonly record: SpoolRecord; readonly arrivedMs: number } | null = null;
  #rows = 0;
  #droppedFull = 0;

  constructor(options: { rowsMax: number; clock: Clock; newId: () => string }) {
    this.#rowsMax = options.rowsMax;
    this.#clock = options.clock;
    this.#newId = options.newId;
  }

  get stats(): SpoolStats {
    return {
      rows: this.#rows,
      rowsMax: this.#rowsMax,
      oldestMs: this.#sealed?.arrivedMs ?? this.#waiting[0]?.arrivedMs ?? null,
      droppedFull: this.#droppedFull,
    };
  }

  append(batch: Batch): void {
    if (batch.rows === 0) return;
    this.#waiting.push({ batch, arrivedMs: this.#clock.monotonicMs() });
    this.#rows += batch.rows;
    this.#makeRoom();
    this.onAppend?.();
  }

  peek(): SpoolRecord | null {
    if (this.#sealed === null && this.#waiting.length > 0) this.#seal();
    return this.#sealed?.record ?? null;
  }

  acknowledge(record: SpoolRecord): void {
    if (this.#sealed?.record.id !== record.id) return;
    this.#sealed = null;
    this.#rows -= record.batch.rows;
  }

  #seal(): void {
    let rows = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      if (count > 0 && rows + batch.rows > RECORD_ROWS_MAX) break;
      rows += batch.rows;
      count++;
    }
    const taken = this.#waiting.splice(0, count);
    const batch = concatBatches(taken.map((waiting) => waiting.batch));
    this.#sealed = { record: { id: this.#newId(), batch }, arrivedMs: taken[0]!.arrivedMs };
  }

  /** Never drops the sealed record: it may be stored already, only unanswered. */
  #makeRoom(): void {
    let over = 0;
    while (this.#rows > this.#rowsMax && over < this.#waiting.length - 1) {
      const { rows } = this.#waiting[over++]!.batch;
      this.#rows -= rows;
      this.#droppedFull += rows;
    }
    if (over > 0) this.#waiting.splice(0, over);
  }
}
