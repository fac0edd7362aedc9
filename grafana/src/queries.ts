import type { SourceRef, Target } from "./model.ts";

/** A question to either data source, before it gets its letter. */
export interface Query {
  readonly datasource: SourceRef;
  readonly expr?: string;
  readonly rawSql?: string;
  readonly [option: string]: unknown;
}

export const PROMETHEUS: SourceRef = { type: "prometheus", uid: "${datasource}" };
/** Grafana 10.3 and later know `postgres` as an alias of their plugin's longer name, earlier ones know nothing else. */
export const POSTGRESQL: SourceRef = { type: "postgres", uid: "${database}" };

/** A series for each label set over the time range; `legend` names them, as `{{label}}`. */
export function series(expr: string, legend: string): Query {
  return {
    datasource: PROMETHEUS,
    editorMode: "code",
    expr,
    format: "time_series",
    instant: false,
    legendFormat: legend,
    range: true,
  };
}

/** The newest value of each label set. */
export function newest(expr: string, legend: string): Query {
  return { ...series(expr, legend), instant: true, range: false };
}

/** The newest values as rows of a table, a column for each label. */
export function rows(expr: string): Query {
  return { ...newest(expr, "__auto"), format: "table" };
}

/** SQL whose first column is `time`; each other column is a series, a text column named `metric` names several. */
export function sqlSeries(rawSql: string): Query {
  return sql(rawSql, "time_series");
}

/** SQL whose rows are shown as they are. */
export function sqlRows(rawSql: string): Query {
  return sql(rawSql, "table");
}

/** A letter for each. */
export function targets(queries: readonly Query[]): Target[] {
  return queries.map((query, index) => ({ refId: String.fromCharCode(65 + index), ...query }));
}

function sql(rawSql: string, format: "time_series" | "table"): Query {
  return { datasource: POSTGRESQL, editorMode: "code", format, rawQuery: true, rawSql };
}
