import type { MetricType } from "../../model/catalogue/definition.ts";

/**
 * One metric family ready to be written, independent of the source of its series. Series are accessed by index, so that a
 * large family stays in its columns and needs no object per series.
 */
export interface Family {
  /** The same object in each scrape where possible: rendered text is cached by it. */
  readonly head: FamilyHead;
  /** Number of series; a family without any is not written at all. */
  readonly count: number;
  /** The text between a series' name and its value, see `seriesBlock`: `{device="sda"} `, or a space. */
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
