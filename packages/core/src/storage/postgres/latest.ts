import type { PoolClient } from "pg";
import { allocateBatch, concatBatches, type Batch } from "../../model/batch.ts";
import { COLUMN, CORE_METRIC_NAMES } from "../../model/core-metrics.ts";
import { FAILURE_REASONS } from "../../model/failure.ts";
import type { RowWindow } from "../row-window.ts";

/** Maximum number of instances per statement: decoded in a few milliseconds, and far from the statement timeout. */
const PAGE = 5_000;

// One lookup in the primary key per instance, latest partition first, which stops at the first hit.
const SELECT = `
  select i.id, extract(epoch from s.ts) * 1000, ${CORE_METRIC_NAMES.map((name) => `s.${name}`).join(", ")}
  from (
    select id from instance where deleted_at is null and id > $1::int4 order by id limit ${PAGE}
  ) as i
  left join lateral (
    select * from sample where instance_id = i.id and ts between to_timestamp($2::float8 / 1000) and to_timestamp($3::float8 / 1000)
    order by ts desc limit 1
  ) as s on true
  order by i.id`;

/** The latest row in the window of each instance that is not deleted. The reason of `up` 0 is not stored: it becomes `failed`. */
export async function queryLatest(client: PoolClient, { fromMs, toMs }: RowWindow): Promise<Batch> {
  const pages: Batch[] = [allocateBatch(0)];
  let afterId = -(2 ** 31);
  for (;;) {
    const { rows } = await client.query<(number | null)[]>({
      text: SELECT,
      values: [afterId, fromMs, toMs],
      rowMode: "array",
      types: { getTypeParser: () => Number },
    });
    pages.push(batchOf(rows.filter((row) => row[1] !== null)));
    const lastId = rows.at(-1)?.[0];
    if (rows.length < PAGE || typeof lastId !== "number") return concatBatches(pages);
    afterId = lastId;
  }
}

function batchOf(rows: readonly (readonly (number | null)[])[]): Batch {
  const batch = allocateBatch(rows.length);
  rows.forEach(([id, timestampMs, ...values], row) => {
    batch.ids[row] = id!;
    batch.timestamps[row] = timestampMs!;
    values.forEach((value, column) => (batch.columns[column]![row] = value ?? Number.NaN));
    batch.reasons[row] = FAILURE_REASONS.indexOf(values[COLUMN.up] === 1 ? "none" : "failed");
  });
  return batch;
}
