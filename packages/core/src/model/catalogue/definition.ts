export const METRIC_TYPES = ["counter", "gauge", "histogram", "summary", "untyped"] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** One metric family as it is served. Docs, dashboards, rules and golden tests are checked against these, both ways. */
export interface MetricDefinition {
  /**
   * Family name as in the Prometheus text format, so counters end in `_total`. `{field}` stands for a part that the kernel names;
   * it matches `[A-Za-z0-9_]+`.
   */
  readonly name: string;
  readonly type: MetricType;
  /** Base unit (`bytes`, `seconds`, `percent`, ...) or "". */
  readonly unit: string;
  /** One sentence in our own words; becomes HELP. */
  readonly help: string;
  /** Label names in alphabetical order. */
  readonly labels: readonly string[];
  /** Host collector that writes it, `daemon` for the daemon's own, `fleet` for aggregates and per-instance series. */
  readonly origin: string;
}
