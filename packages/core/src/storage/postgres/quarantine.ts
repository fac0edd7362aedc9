import type { PoolClient } from "pg";
import type { Batch } from "../../model/batch.ts";
import { CORE_METRIC_NAMES } from "../../model/core-metrics.ts";
import { encodeFloat8Array, encodeInt4Array } from "./array-encoder.ts";

const INSERT = `insert into quarantine (ts, batch_id, instance_id, timestamp_ms, metrics)
  select $1::timestamptz, $2::text, unnest($3::int4[]), unnest($4::float8[]), jsonb_array_elements($5::jsonb)`;

/** Stores refused rows for inspection; values that JSON cannot represent (NaN, Infinity) are omitted. */
export async function insertQuarantine(
  client: PoolClient,
  job: { readonly nowMs: number; readonly batchId: string; readonly refused: Batch },
): Promise<void> {
  const { refused } = job;
  const metrics = Array.from({ length: refused.rows }, (_, row) => metricsOf(refused, row));
  await client.query(INSERT, [
    new Date(job.nowMs),
    job.batchId,
    encodeInt4Array(refused.ids),
    encodeFloat8Array(refused.timestamps),
    JSON.stringify(metrics),
  ]);
}

function metricsOf(batch: Batch, row: number): Record<string, number> {
  const values = CORE_METRIC_NAMES.map((name, column) => [name, batch.columns[column]![row]!] as const);
  return Object.fromEntries(values.filter(([, value]) => Number.isFinite(value)));
}
