import type { Batch, BatchIn } from "../../model/batch.ts";
import type { DescribedSeries, InstanceRef, SectionWriter } from "../../model/collector.ts";
import type { FailureReason } from "../../model/failure.ts";
import type { SourceFamily } from "../../model/series-snapshot.ts";
import { failRow, succeedRow } from "../complete-row.ts";
import type { SnapshotBuilder } from "./snapshot-builder.ts";

/** The builder of an instance's snapshot, with its collection started. */
export type BeginSnapshot = (instanceId: number) => SnapshotBuilder;

/**
 * Writes a batch row by row, so that a collection allocates nothing. The snapshot of an instance is started with its
 * first series.
 */
export class RowWriter implements SectionWriter {
  #batch: BatchIn<ArrayBufferLike>;
  readonly #beginSnapshot: BeginSnapshot;
  readonly #onSection: (index: number) => void;
  #instance: InstanceRef | null = null;
  #snapshot: SnapshotBuilder | null = null;
  row = 0;

  /** `onSection` is called when a part of a collection begins. */
  constructor(batch: BatchIn<ArrayBufferLike>, beginSnapshot: BeginSnapshot, onSection: (index: number) => void) {
    this.#batch = batch;
    this.#beginSnapshot = beginSnapshot;
    this.#onSection = onSection;
  }

  /** Of the current collection; null until it writes a series. */
  get snapshot(): SnapshotBuilder | null {
    return this.#snapshot;
  }

  /** Starts a collection into the current row. */
  begin(instance: InstanceRef): void {
    this.#instance = instance;
    this.#snapshot = null;
  }

  column(column: number, value: number): void {
    this.#batch.columns[column]![this.row] = value;
  }

  series(name: string, labels: string, value: number): void {
    this.#openSnapshot().series(name, labels, value);
  }

  family(family: SourceFamily): void {
    this.#openSnapshot().family(family);
  }

  problem(message: string): void {
    this.#openSnapshot().problem(message);
  }

  beginSection(index: number): void {
    this.#onSection(index);
  }

  endSection(collector: string): void {
    this.#openSnapshot().endSection(collector);
  }

  wholeSnapshot(key: object, describe: () => DescribedSeries, values: Float64Array): void {
    this.#openSnapshot().whole(key, describe, values);
  }

  failSection(collector: string, message: string, isSlow = false): void {
    this.#openSnapshot().failSection(collector, message, isSlow);
  }

  /** Completes the row of a successful collection. */
  succeed(timestampMs: number, seconds: number): void {
    const { id, kind } = this.#instance!;
    this.#snapshot?.endSection(kind);
    succeedRow(this.#batch, { row: this.row, id, timestampMs }, seconds);
  }

  /** Completes the row of a failed collection; of its series only completed sections are kept. */
  fail(timestampMs: number, reason: FailureReason): void {
    this.#snapshot?.dropSection();
    failRow(this.#batch, { row: this.row, id: this.#instance!.id, timestampMs }, reason);
  }

  /**
   * For an asynchronous collector, which keeps this writer: from now on it writes to `own`, a batch of one row, and the
   * returned writer takes its place here.
   */
  detach(own: Batch): RowWriter {
    const successor = new RowWriter(this.#batch, this.#beginSnapshot, this.#onSection);
    successor.row = this.row;
    for (const column of this.#batch.columns) column[this.row] = NaN;
    this.#batch = own;
    this.row = 0;
    return successor;
  }

  #openSnapshot(): SnapshotBuilder {
    this.#snapshot ??= this.#beginSnapshot(this.#instance!.id);
    return this.#snapshot;
  }
}
