import type { PoolClient } from "pg";
import { CORE_METRICS, CORE_METRIC_NAMES, type CoreMetric } from "../../model/core-metrics.ts";
import type { HistoryPoint, HistoryQuery } from "../../model/history-store.ts";
import { HISTORY_POINTS_MAX } from "../../model/history-store.ts";

/** Averages per step, with steps aligned to 1970; rows in [from, to). The query has passed `checkHistoryQuery`. */
export async function queryHistory(client: PoolClient, query: HistoryQuery): Promise<readonly HistoryPoint[]> {
  const { rows } = await client.query<(number | null)[]>({
    text: historySql(query.metrics),
    values: [query.instanceId, query.fromMs, query.toMs, query.stepMs, HISTORY_POINTS_MAX],
    rowMode: "array",
    types: { getTypeParser: () => Number },
  });
  return rows.map(([timestampMs, ...values]) => ({ timestampMs: timestampMs ?? 0, values: values.map(numberOrNull) }));
}

function historySql(metrics: readonly CoreMetric[]): string {
  const averages = metrics.map((metric) => `avg(${columnOf(metric)})::float8`);
  return `
    select ${["extract(epoch from step) * 1000", ...averages].join(", ")}
    from (
      select date_bin($4::float8 * interval '1 millisecond', ts, timestamptz 'epoch') as step, sample.*
      from sample
      where instance_id = $1::int4
        and ts >= to_timestamp($2::float8 / 1000) and ts < to_timestamp($3::float8 / 1000)
    ) as stepped
    group by step
    order by step
    limit $5::int4`;
}

/** Column names come from the table of metrics, regardless of the caller's types. */
function columnOf(metric: CoreMetric): string {
  const known = CORE_METRICS.find(({ name }) => name === metric);
  if (known === undefined) throw new RangeError(`not a core metric; wanted one of ${CORE_METRIC_NAMES.join(", ")}`);
  return known.name;
}

/** The average of Infinity and -Infinity is NaN. */
function numberOrNull(value: number | null | undefined): number | null {
  return value === undefined || value === null || Number.isNaN(value) ? null : value;
}
