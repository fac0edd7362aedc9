import { allocateUnknown, viewBatch } from "../../model/batch.ts";
import type { Batch } from "../../model/batch.ts";
import type { FailureReason } from "../../model/failure.ts";
import { failRow } from "../complete-row.ts";

interface Failure {
  readonly id: number;
  readonly timestampMs: number;
  readonly reason: FailureReason;
}

/** Rows of due instances that are not collected: `up` 0 and the reason. */
export class FailedRows {
  #failures: Failure[] = [];

  /** `timestampMs` NaN stands for the time at which the rows are taken. */
  add(id: number, timestampMs: number, reason: FailureReason): void {
    this.#failures.push({ id, timestampMs, reason });
  }

  take(nowMs: number): Batch {
    if (this.#failures.length === 0) return NONE;
    const batch = allocateUnknown(this.#failures.length);
    this.#failures.forEach(({ id, timestampMs, reason }, row) => {
      failRow(batch, { row, id, timestampMs: Number.isNaN(timestampMs) ? nowMs : timestampMs }, reason);
    });
    this.#failures = [];
    return batch;
  }
}

const NONE = viewBatch(new ArrayBuffer(0), 0);
