import type { Batch } from "../model/batch.ts";

/** A sealed run of rows: the same id and rows each time it is asked for, so that storing it twice stores it once. */
export interface SpoolRecord {
  readonly id: string;
  readonly batch: Batch;
}

export interface SpoolStats {
  /** Rows that wait, and how many may. */
  readonly rows: number;
  readonly rowsMax: number;
  /** When the oldest of them came, on the monotonic clock; null when none waits. */
  readonly oldestMs: number | null;
  /** Rows thrown away since there was no room: always the oldest. */
  readonly droppedFull: number;
}

/** The queue between collecting and storing: takes rows at once, whatever the storage does. One reader. */
export interface Spool {
  readonly stats: SpoolStats;
  /** Called after each append. */
  onAppend: (() => void) | null;
  append(batch: Batch): void;
  /** Seals and returns the oldest record, or the one sealed before and not acknowledged; null when nothing waits. */
  peek(): SpoolRecord | null;
  /** Forgets a record: it is stored, or given up and counted elsewhere. */
  acknowledge(record: SpoolRecord): void;
}
