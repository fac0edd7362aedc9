import type { BatchIn } from "../model/batch.ts";
import { COLUMN } from "../model/core-metrics.ts";
import { FAILURE_REASONS } from "../model/failure.ts";
import type { FailureReason } from "../model/failure.ts";

/** The instance and the slot of a row in a batch. */
export interface RowKey {
  readonly row: number;
  readonly id: number;
  /** The slot, milliseconds since 1970. */
  readonly timestampMs: number;
}

/**
 * Completes the row of a successful collection that took `seconds`; its other columns are already written. A collector that
 * measured the duration itself has written it: an ICMP target's is the round trip.
 */
export function succeedRow(batch: BatchIn<ArrayBufferLike>, key: RowKey, seconds: number): void {
  writeKey(batch, key, "none");
  batch.columns[COLUMN.up]![key.row] = 1;
  const durations = batch.columns[COLUMN.collect_duration_seconds]!;
  if (Number.isNaN(durations[key.row]!)) durations[key.row] = seconds;
}

/** Completes the row of a failed collection: `up` 0, everything else unknown. */
export function failRow(batch: BatchIn<ArrayBufferLike>, key: RowKey, reason: FailureReason): void {
  for (const column of batch.columns) column[key.row] = NaN;
  writeKey(batch, key, reason);
  batch.columns[COLUMN.up]![key.row] = 0;
}

function writeKey(batch: BatchIn<ArrayBufferLike>, { row, id, timestampMs }: RowKey, reason: FailureReason): void {
  batch.ids[row] = id;
  batch.timestamps[row] = timestampMs;
  batch.reasons[row] = FAILURE_REASONS.indexOf(reason);
}
