/**
 * The wide metrics of this host as of one reading: a layout, which crosses the thread border only when it changes,
 * and one array of values in the layout's order. Only the latest page is kept.
 */
export interface Page {
  readonly layout: PageLayout;
  readonly values: Float64Array<ArrayBuffer>;
  /** When it was read, milliseconds since 1970. */
  readonly readAtMs: number;
}

/** Which series the values belong to; series of one collector lie together, in the order they were written. */
export interface PageLayout {
  /** Grows with each change. */
  readonly version: number;
  readonly sections: readonly PageSection[];
  /** Metric name of each series. */
  readonly names: readonly string[];
  /** Rendered label block of each series without its braces, names in alphabetical order: `device="sda"`, or "". */
  readonly labels: readonly string[];
}

export interface PageSection {
  readonly collector: string;
  /** First and behind-the-last index of its series. */
  readonly start: number;
  readonly end: number;
}
