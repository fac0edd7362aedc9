import { concatBatches } from "../model/batch.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { SampleRecord } from "../model/sink.ts";
import type { CursorOptions, CursorStats, LogCursor } from "./log.ts";
import type { LogEntry } from "./log-entry.ts";

/** Maximum number of rows per record: large enough for the database, small enough to retry. */
const RECORD_ROWS_MAX = 20_000;
/** Maximum number of snapshot values waiting for a sink, 8 bytes each: 32 MiB. */
const SNAPSHOT_VALUES_MAX = 4_194_304;

/** What a cursor needs of its log. */
export interface CursorLog {
  /** The position after the newest entry. */
  readonly end: () => number;
  readonly entryAt: (position: number) => LogEntry;
  /** Must be called after the cursor moved. */
  readonly trim: () => void;
}

interface Sealed {
  readonly record: SampleRecord;
  readonly arrivedMs: number;
  readonly values: number;
}

/** A position in a MemoryLog: after the sealed record, which has its own copy of the rows unless it is a single batch. */
export class MemoryCursor implements LogCursor {
  onAppend: (() => void) | null = null;
  readonly wantsSnapshots: boolean;
  readonly #log: CursorLog;
  readonly #options: CursorOptions & { readonly newId: () => string };
  #position: number;
  #sealed: Sealed | null = null;
  #appended = 0;
  #waiting = 0;
  #droppedFull = 0;
  /** Values of the waiting snapshots. */
  #values = 0;

  constructor(log: CursorLog, options: CursorOptions & { readonly newId: () => string }) {
    this.#log = log;
    this.#options = options;
    this.wantsSnapshots = options.wantsSnapshots;
    this.#position = log.end();
  }

  /** The first entry that is not yet in a record. */
  get position(): number {
    return this.#position;
  }

  get stats(): CursorStats {
    const next = this.#position < this.#log.end() ? this.#log.entryAt(this.#position).arrivedMs : null;
    return {
      // A log in memory has no rows of an earlier process.
      found: 0,
      appended: this.#appended,
      waiting: this.#waiting,
      rowsMax: this.#options.rowsMax,
      oldestMs: this.#sealed?.arrivedMs ?? next,
      droppedFull: this.#droppedFull,
    };
  }

  /** Called by the log with its newest entry. */
  appended(entry: LogEntry): void {
    this.#appended += entry.batch.rows;
    this.#waiting += entry.batch.rows;
    this.#values += this.#valuesOf(entry);
    this.#makeRoom();
  }

  seal(): SampleRecord | null {
    if (this.#sealed === null && this.#position < this.#log.end()) this.#seal();
    return this.#sealed?.record ?? null;
  }

  acknowledge(record: SampleRecord): void {
    if (this.#sealed === null || this.#sealed.record.id !== record.id) return;
    this.#waiting -= record.batch.rows;
    this.#values -= this.#sealed.values;
    this.#sealed = null;
  }

  #seal(): void {
    const entries: LogEntry[] = [];
    let rows = 0;
    for (; this.#position < this.#log.end(); this.#position++) {
      const entry = this.#log.entryAt(this.#position);
      if (entries.length > 0 && rows + entry.batch.rows > RECORD_ROWS_MAX) break;
      rows += entry.batch.rows;
      entries.push(entry);
    }
    const record = {
      id: this.#options.newId(),
      batch: concatBatches(entries.map((entry) => entry.batch)),
      ...(this.wantsSnapshots && { snapshots: entries.flatMap((entry) => entry.snapshots) }),
    };
    const values = entries.reduce((sum, entry) => sum + this.#valuesOf(entry), 0);
    this.#sealed = { record, arrivedMs: entries[0]!.arrivedMs, values };
    this.#log.trim();
  }

  /** Never drops the sealed record, which may have been written without a response, nor the newest entry. */
  #makeRoom(): void {
    const newest = this.#log.end() - 1;
    const from = this.#position;
    while (this.#isOver() && this.#position < newest) {
      const entry = this.#log.entryAt(this.#position++);
      this.#waiting -= entry.batch.rows;
      this.#droppedFull += entry.batch.rows;
      this.#values -= this.#valuesOf(entry);
    }
    if (this.#position > from) this.#log.trim();
  }

  #isOver(): boolean {
    return this.#waiting > this.#options.rowsMax || this.#values > SNAPSHOT_VALUES_MAX;
  }

  #valuesOf({ snapshots }: LogEntry): number {
    return this.wantsSnapshots ? valuesIn(snapshots) : 0;
  }
}

function valuesIn(snapshots: readonly InstanceSnapshot[]): number {
  return snapshots.reduce((sum, { snapshot }) => sum + snapshot.values.length, 0);
}
