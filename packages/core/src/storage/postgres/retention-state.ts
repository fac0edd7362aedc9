import type { PoolClient } from "pg";
import { trusted, type RetentionState } from "../retention-clock.ts";

/** The state of `RetentionClock` in the table `retention_clock`. The caller holds the maintenance lock. */

interface StateRow {
  readonly seen_at: Date;
  readonly run_ms: number;
  readonly disturbed_at_run_ms: number | null;
  readonly current_until_run_ms: Record<string, number>;
}

const SELECT = "select seen_at, run_ms, disturbed_at_run_ms, current_until_run_ms from retention_clock";

/** Rows up to the present show a clock that has not jumped, and a table without rows has nothing to lose. */
const GOES_ON = `
  select not exists (select from sample)
    or exists (select from sample where ts between $1::timestamptz - interval '1 hour' and $1::timestamptz + interval '1 hour')
    as goes_on`;

const UPSERT = `
  insert into retention_clock (seen_at, run_ms, disturbed_at_run_ms, current_until_run_ms)
  values ($1::timestamptz, $2::float8, $3::float8, $4::jsonb)
  on conflict (singleton) do update
    set seen_at = excluded.seen_at, run_ms = excluded.run_ms, disturbed_at_run_ms = excluded.disturbed_at_run_ms,
      current_until_run_ms = excluded.current_until_run_ms`;

/** Null for a database of an earlier release, or one whose state was deleted, without rows up to the present. */
export async function readRetentionState(client: PoolClient, nowMs: number): Promise<RetentionState | null> {
  const { rows } = await client.query<StateRow>(SELECT);
  const [row] = rows;
  if (row !== undefined) {
    return {
      seenMs: row.seen_at.getTime(),
      runMs: row.run_ms,
      disturbedAtRunMs: row.disturbed_at_run_ms,
      currentUntilRunMs: row.current_until_run_ms,
    };
  }
  const found = await client.query<{ goes_on: boolean }>(GOES_ON, [new Date(nowMs)]);
  return found.rows[0]?.goes_on === true ? trusted(nowMs) : null;
}

export async function saveRetentionState(client: PoolClient, state: RetentionState): Promise<void> {
  const { seenMs, runMs, disturbedAtRunMs, currentUntilRunMs } = state;
  await client.query(UPSERT, [new Date(seenMs), runMs, disturbedAtRunMs, JSON.stringify(currentUntilRunMs)]);
}
