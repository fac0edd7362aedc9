import { allocateBatch } from "../../model/batch.ts";
import type { Batch, BatchIn } from "../../model/batch.ts";
import type { SampleWriter } from "../../model/collector.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import { FAILURE_REASONS } from "../../model/failure.ts";
import type { FailureReason } from "../../model/failure.ts";

/** Writes one row of a batch at a time; goes from row to row, so that a collection allocates nothing. */
export class RowWriter implements SampleWriter {
  #batch: BatchIn<ArrayBufferLike>;
  row: number;

  constructor(batch: BatchIn<ArrayBufferLike>, row = 0) {
    this.#batch = batch;
    this.row = row;
  }

  column(column: number, value: number): void {
    this.#batch.columns[column]![this.row] = value;
  }

  series(): void {
    // Only a host has a page, and its runner takes the series before they come here.
  }

  /** Completes the row of a collection that succeeded. */
  succeed(id: number, timestampMs: number, seconds: number): void {
    this.#key(id, timestampMs, "none");
    this.column(COLUMN.up, 1);
    this.column(COLUMN.collect_duration_seconds, seconds);
  }

  /** Completes the row of one that failed: `up` 0 and nothing that it wrote before it failed. */
  fail(id: number, timestampMs: number, reason: FailureReason): void {
    for (const column of this.#batch.columns) column[this.row] = NaN;
    this.#key(id, timestampMs, reason);
    this.column(COLUMN.up, 0);
  }

  /**
   * For a collector that keeps this writer and writes later: from now on it writes to `own`, a batch of one row,
   * and the returned writer takes its place here.
   */
  detach(own: Batch): RowWriter {
    const successor = new RowWriter(this.#batch, this.row);
    for (const column of this.#batch.columns) column[this.row] = NaN;
    this.#batch = own;
    this.row = 0;
    return successor;
  }

  #key(id: number, timestampMs: number, reason: FailureReason): void {
    this.#batch.ids[this.row] = id;
    this.#batch.timestamps[this.row] = timestampMs;
    this.#batch.reasons[this.row] = FAILURE_REASONS.indexOf(reason);
  }
}

/** A batch of `rows` rows of which nothing is known. */
export function allocateUnknown(rows: number): Batch {
  const batch = allocateBatch(rows);
  for (const column of batch.columns) column.fill(NaN);
  return batch;
}
