import type { MetricType } from "./catalogue/definition.ts";

/**
 * The series of one instance from one collection: a layout, which is sent between threads only when it changes, and one
 * array of values in the layout's order. Only the latest snapshot of an instance is kept.
 */
export interface SeriesSnapshot {
  readonly layout: SeriesLayout;
  /** NaN is an unknown value. */
  readonly values: Float64Array<ArrayBuffer>;
  /** When it was read, milliseconds since 1970. */
  readonly readAtMs: number;
}

/** The series of the values; those of one section are contiguous, in the order in which they were written. */
export interface SeriesLayout {
  /** Increases with each change. */
  readonly version: number;
  readonly sections: readonly SeriesSection[];
  /** Metric name of each series. */
  readonly names: readonly string[];
  /** Rendered label block of each series without its braces, names in alphabetical order: `device="sda"`, or "". */
  readonly labels: readonly string[];
  /** Those families of the series that the source itself describes. */
  readonly families: readonly SourceFamily[];
}

/** A family that is not in the catalogue: its type and help are those of the source, as of a file or a scraped target. */
export interface SourceFamily {
  /** Without the suffixes `_bucket`, `_sum` and `_count` of the series of a histogram or summary. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

/** The series of one collector: what `collect[]` selects. */
export interface SeriesSection {
  readonly collector: string;
  /** Index of its first series, and of the first one after it. */
  readonly start: number;
  readonly end: number;
}

/** The series of an instance, collected together with its row. */
export interface InstanceSnapshot {
  readonly instanceId: number;
  readonly snapshot: SeriesSnapshot;
}

/** Bytes per series apart from its characters: a string header, a pointer to it, and the value. */
const SERIES_BYTES = 40;

/** Estimated memory of the layout in bytes; names are shared between series, label blocks are not. */
export function layoutBytes({ labels }: SeriesLayout): number {
  return labels.reduce((sum, block) => sum + block.length, labels.length * SERIES_BYTES);
}
