import type { MetricType } from "../../../model/catalogue/definition.ts";

/** Prometheus text format 0.0.4, or OpenMetrics 1.0. */
export const SCRAPE_FORMATS = ["text", "openmetrics"] as const;
export type ScrapeFormat = (typeof SCRAPE_FORMATS)[number];

/** A family as its HELP and TYPE lines describe it. */
export interface TextFamily {
  /** OpenMetrics names a counter's family without `_total`. */
  readonly name: string;
  /** `untyped` for a type that the text format does not have. */
  type: MetricType;
  help: string;
}

/** The kept samples of a text, in its order: `names`, `labels` and `values` have one entry per sample. */
export interface ParsedSamples {
  readonly families: readonly TextFamily[];
  readonly names: readonly string[];
  /** Rendered label blocks, as in SeriesLayout. */
  readonly labels: readonly string[];
  readonly values: Float64Array<ArrayBuffer>;
  /** Number of all samples. */
  readonly samples: number;
}

/** All samples of a text, and where they are. */
export interface ParsedText extends ParsedSamples {
  /** One character per byte: offsets are those of the body. */
  readonly text: string;
  /** Where each sample's value begins in the text, and where its line ends: the offset of its line feed, or of the end. */
  readonly valueStarts: Int32Array;
  readonly lineEnds: Int32Array;
}
