import type { TestDatabase } from "./postgres.ts";

/** Stored rows of one instance with an interval of a second. */
export interface StoredRows {
  readonly id: number;
  /** Rows of its slots. */
  readonly rows: number;
  /** Slots without a row, between the first row and the last. */
  readonly missed: number;
  /** Rows outside its slots: collected at once, because the instance was new or changed. */
  readonly extra: number;
}

/**
 * The contents of `sample`, by instance; the slot of an instance is where most of its rows are in the second. Without
 * `sinceMs` the row of each instance's creation is among the extra ones, unless it fell on its slot.
 */
export function storedRows(database: Pick<TestDatabase, "sql">, sinceMs = 0): Promise<readonly StoredRows[]> {
  return database.sql<StoredRows>(
    `with row as (
       select instance_id, round(extract(epoch from ts) * 1000)::bigint as ms
       from sample where ts >= to_timestamp($1::float8 / 1000)
     ), slot as (
       select instance_id, mode() within group (order by ms % 1000) as ms, count(*) as rows from row group by instance_id
     ), step as (
       select row.instance_id, row.ms - lag(row.ms) over (partition by row.instance_id order by row.ms) as ms
       from row join slot on row.instance_id = slot.instance_id and row.ms % 1000 = slot.ms
     )
     select step.instance_id as id, count(*)::int as rows,
            coalesce(sum(step.ms / 1000 - 1), 0)::int as missed,
            (max(slot.rows) - count(*))::int as extra
     from step join slot using (instance_id)
     group by step.instance_id order by step.instance_id`,
    [sinceMs],
  );
}
