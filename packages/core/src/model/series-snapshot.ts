/**
 * The series of one instance as of one collection: a layout, which crosses the thread border only when it changes, and one
 * array of values in the layout's order. Only the newest snapshot of an instance is kept.
 */
export interface SeriesSnapshot {
  readonly layout: SeriesLayout;
  /** NaN is an unknown value. */
  readonly values: Float64Array<ArrayBuffer>;
  /** When it was read, milliseconds since 1970. */
  readonly readAtMs: number;
}

/** Which series the values belong to; series of one section lie together, in the order in which they were written. */
export interface SeriesLayout {
  /** Grows with each change. */
  readonly version: number;
  readonly sections: readonly SeriesSection[];
  /** Metric name of each series. */
  readonly names: readonly string[];
  /** Rendered label block of each series without its braces, names in alphabetical order: `device="sda"`, or "". */
  readonly labels: readonly string[];
}

/** The series that one collector wrote: what `collect[]` picks. */
export interface SeriesSection {
  readonly collector: string;
  /** Index of its first series, and of the first one after it. */
  readonly start: number;
  readonly end: number;
}

/** The series of an instance at the moment in which its row was collected. */
export interface InstanceSnapshot {
  readonly instanceId: number;
  readonly snapshot: SeriesSnapshot;
}

/** A string's header, a pointer to it and the value: what a series takes beside its characters, bytes. */
const SERIES_BYTES = 40;

/** About how much memory the layout takes, in bytes; names are shared between series, label blocks are not. */
export function layoutBytes({ labels }: SeriesLayout): number {
  return labels.reduce((sum, block) => sum + block.length, labels.length * SERIES_BYTES);
}
