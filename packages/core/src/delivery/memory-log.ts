import type { Batch } from "../model/batch.ts";
import type { Clock } from "../model/clock.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import { MemoryCursor } from "./cursor.ts";
import type { CursorOptions, LogCursor, SampleLog } from "./log.ts";
import type { LogEntry } from "./log-entry.ts";

const NO_SNAPSHOTS: readonly InstanceSnapshot[] = [];

/** Holds the batches in memory: they survive an outage of a sink, but not of this process. */
export class MemoryLog implements SampleLog {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #cursors: MemoryCursor[] = [];
  #entries: LogEntry[] = [];
  /** Positions count all entries ever appended; entries before the first one are trimmed. */
  #first = 0;
  /** Entries before it no longer have snapshots. */
  #firstWithSnapshots = 0;

  constructor(options: { clock: Clock; newId: () => string }) {
    this.#clock = options.clock;
    this.#newId = options.newId;
  }

  /** Rows currently held, for all sinks together. */
  get rows(): number {
    return this.#entries.reduce((sum, { batch }) => sum + batch.rows, 0);
  }

  /** Snapshots currently held. */
  get snapshots(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.snapshots.length, 0);
  }

  open(options: CursorOptions): LogCursor {
    const end = () => this.#first + this.#entries.length;
    const entryAt = (position: number) => this.#entries[position - this.#first]!;
    const cursor = new MemoryCursor({ end, entryAt, trim: () => this.#trim() }, { ...options, newId: this.#newId });
    this.#cursors.push(cursor);
    return cursor;
  }

  append(batch: Batch, snapshots: readonly InstanceSnapshot[] = NO_SNAPSHOTS): void {
    if (batch.rows === 0 || this.#cursors.length === 0) return;
    const isWanted = this.#cursors.some((cursor) => cursor.wantsSnapshots);
    const entry = { batch, snapshots: isWanted ? snapshots : NO_SNAPSHOTS, arrivedMs: this.#clock.monotonicMs() };
    this.#entries.push(entry);
    for (const cursor of this.#cursors) cursor.appended(entry);
    for (const cursor of this.#cursors) cursor.onAppend?.();
  }

  #trim(): void {
    const slowest = Math.min(...this.#cursors.map((cursor) => cursor.position));
    if (slowest > this.#first) this.#entries.splice(0, slowest - this.#first);
    this.#first = slowest;
    this.#dropSnapshots();
  }

  /** A sink that does not want snapshots may be far behind: it must not keep them in memory. */
  #dropSnapshots(): void {
    const wanting = this.#cursors.filter((cursor) => cursor.wantsSnapshots);
    const slowest = Math.min(...wanting.map((cursor) => cursor.position), this.#first + this.#entries.length);
    for (let at = Math.max(this.#first, this.#firstWithSnapshots); at < slowest; at++) {
      const entry = this.#entries[at - this.#first]!;
      if (entry.snapshots.length > 0) this.#entries[at - this.#first] = { ...entry, snapshots: NO_SNAPSHOTS };
    }
    this.#firstWithSnapshots = slowest;
  }
}
