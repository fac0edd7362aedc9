import { CORE_METRICS } from "./core-metrics.ts";

export type Column<B extends ArrayBufferLike = ArrayBuffer> = Float32Array<B> | Float64Array<B>;

/**
 * Rows of many instances, stored by column in one ArrayBuffer: it is transferred between threads (5,000 rows cost 0.07 ms,
 * 26 ms as cloned objects) and its columns are sent to PostgreSQL unchanged. A batch is never modified after it left its thread.
 */
export type Batch = BatchIn<ArrayBuffer>;

/** A batch's columns in any buffer: a thread writes its rows to memory shared with the main thread. */
export interface BatchIn<B extends ArrayBufferLike> {
  readonly rows: number;
  /** Instance ids; negative for hosts. */
  readonly ids: Int32Array<B>;
  /** The tick's scheduled slot, milliseconds since 1970: not the time of reading, so that a replay has the same key. */
  readonly timestamps: Float64Array<B>;
  /** One array per core metric, in the order of CORE_METRICS; NaN is unknown. */
  readonly columns: readonly Column<B>[];
  /** Index into FAILURE_REASONS; 0 when the attempt succeeded. Not stored in SQL. */
  readonly reasons: Uint8Array<B>;
}

const FLOAT8_COLUMNS = CORE_METRICS.filter((metric) => metric.storage === "float8").length;
const FLOAT4_COLUMNS = CORE_METRICS.length - FLOAT8_COLUMNS;
/** Bytes per row in memory: timestamp, float8 and float4 columns, id, reason. */
export const BATCH_ROW_BYTES = 8 + 8 * FLOAT8_COLUMNS + 4 * FLOAT4_COLUMNS + 4 + 1;

/** A batch of `rows` rows, all values 0. */
export function allocateBatch(rows: number): Batch {
  return viewBatch(new ArrayBuffer(rows * BATCH_ROW_BYTES), rows);
}

/** A batch of `rows` rows, all values unknown. */
export function allocateUnknown(rows: number): Batch {
  const batch = allocateBatch(rows);
  for (const column of batch.columns) column.fill(NaN);
  return batch;
}

/** A view of the batch in `buffer`: widest columns first, so that each array is aligned. */
export function viewBatch<B extends ArrayBufferLike>(buffer: B, rows: number): BatchIn<B> {
  let offset = 0;
  const float8 = () => {
    const view = new Float64Array(buffer, offset, rows);
    offset += rows * 8;
    return view;
  };
  const timestamps = float8();
  const wide = Array.from({ length: FLOAT8_COLUMNS }, float8);
  const narrow = Array.from({ length: FLOAT4_COLUMNS }, () => {
    const view = new Float32Array(buffer, offset, rows);
    offset += rows * 4;
    return view;
  });
  const ids = new Int32Array(buffer, offset, rows);
  const reasons = new Uint8Array(buffer, offset + rows * 4, rows);
  let nextWide = 0;
  let nextNarrow = 0;
  const columns = CORE_METRICS.map((metric) =>
    metric.storage === "float8" ? wide[nextWide++]! : narrow[nextNarrow++]!,
  );
  return { rows, ids, timestamps, columns, reasons };
}

/** The first `rows` rows, in a new buffer unless that is all of them. */
export function truncateBatch(batch: Batch, rows: number): Batch {
  return rows === batch.rows ? batch : copyFirstRows(batch, rows);
}

/** A copy of the first `rows` rows. */
export function copyFirstRows(batch: BatchIn<ArrayBufferLike>, rows: number): Batch {
  return copyRows([batch], rows);
}

/** All rows of `batches`, in order. */
export function concatBatches(batches: readonly Batch[]): Batch {
  const [only] = batches;
  if (batches.length === 1 && only !== undefined) return only;
  return copyRows(
    batches,
    batches.reduce((sum, batch) => sum + batch.rows, 0),
  );
}

/** The rows whose index `keep` accepts. */
export function filterBatch(batch: Batch, keep: (row: number) => boolean): Batch {
  const kept: number[] = [];
  for (let row = 0; row < batch.rows; row++) if (keep(row)) kept.push(row);
  const out = allocateBatch(kept.length);
  kept.forEach((from, to) => {
    out.ids[to] = batch.ids[from]!;
    out.timestamps[to] = batch.timestamps[from]!;
    out.reasons[to] = batch.reasons[from]!;
    batch.columns.forEach((column, c) => (out.columns[c]![to] = column[from]!));
  });
  return out;
}

function copyRows(batches: readonly BatchIn<ArrayBufferLike>[], rows: number): Batch {
  const out = allocateBatch(rows);
  let at = 0;
  for (const batch of batches) {
    const count = Math.min(batch.rows, rows - at);
    out.ids.set(batch.ids.subarray(0, count), at);
    out.timestamps.set(batch.timestamps.subarray(0, count), at);
    out.reasons.set(batch.reasons.subarray(0, count), at);
    batch.columns.forEach((column, c) => out.columns[c]!.set(column.subarray(0, count), at));
    at += count;
  }
  return out;
}
