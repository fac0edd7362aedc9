import type { TestDatabase } from "./postgres.ts";

/** Stored rows of one instance. */
export interface StoredRows {
  readonly id: number;
  readonly rows: number;
  /** Runs of seconds without a row, between the first row and the last, and the seconds in them. */
  readonly gaps: number;
  readonly missed: number;
  /** Rows that do not lie whole seconds after the one before. */
  readonly askew: number;
}

/** What `sample` holds from `sinceMs` on, by instance; all have an interval of a second. */
export function storedRows(database: Pick<TestDatabase, "sql">, sinceMs: number): Promise<readonly StoredRows[]> {
  return database.sql<StoredRows>(
    `select instance_id as id, count(*)::int as rows,
            count(*) filter (where step > 1000)::int as gaps,
            coalesce(sum(step / 1000 - 1) filter (where step > 1000), 0)::int as missed,
            count(*) filter (where step % 1000 <> 0)::int as askew
     from (
       select instance_id, round(extract(epoch from ts - lag(ts) over (partition by instance_id order by ts)) * 1000)::int as step
       from sample where ts >= to_timestamp($1::float8 / 1000)
     ) as steps
     group by instance_id order by instance_id`,
    [sinceMs],
  );
}
