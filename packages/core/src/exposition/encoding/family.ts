import type { MetricType } from "../../model/catalogue/definition.ts";

/**
 * One metric family ready to be written, whatever its series come from. Series are asked for by number, so that a large
 * family stays in its columns and costs no object a series.
 */
export interface Family {
  /** The same object at each scrape where possible: what is written of it is remembered by it. */
  readonly head: FamilyHead;
  /** Series in the family; one without any is not written at all. */
  readonly count: number;
  /** What stands between a series' name and its value, see `seriesBlock`: `{device="sda"} `, or a space. */
  block(index: number): string;
  value(index: number): number;
  /** `_bucket`, `_sum` or `_count` of a histogram's series; other families have no such method. */
  suffix?(index: number): string;
}

export interface FamilyHead {
  /** As in the Prometheus text format: counters end in `_total`. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence, unescaped; "" writes no HELP. */
  readonly help: string;
  /** Base unit or "". */
  readonly unit: string;
}
