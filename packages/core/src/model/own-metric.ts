import type { MetricDefinition } from "./catalogue/definition.ts";

/** A value with the labels of its series. */
export type LabelledValue = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The value of a metric of the daemon: one value; one per value of its only label, whose keys must be few; or each with its
 * labels. Null is unknown: no series.
 */
export type MetricValue = number | null | Readonly<Record<string, number>> | readonly LabelledValue[];

/** A metric of the daemon itself, declared by the component that counts it, beside the counters that it is read from. */
export interface OwnMetric<Stats> extends MetricDefinition {
  readonly read: (stats: Stats) => MetricValue;
}

/** The metrics of one component, read together: consistent values. */
export interface MetricSource {
  measure(): readonly (readonly [MetricDefinition, MetricValue])[];
}

interface Declaration<Stats> {
  readonly name: string;
  readonly help: string;
  /** In alphabetical order; none by default. */
  readonly labels?: readonly string[];
  readonly read: (stats: Stats) => MetricValue;
}

/** `name` ends in `_total`. */
export function counter<Stats>(declaration: Declaration<Stats>): OwnMetric<Stats> {
  return { ...ownMetric("counter", declaration), read: declaration.read };
}

export function gauge<Stats>(declaration: Declaration<Stats>): OwnMetric<Stats> {
  return { ...ownMetric("gauge", declaration), read: declaration.read };
}

/** The definition of a metric of the daemon; its unit follows from its name. */
export function ownMetric(
  type: MetricDefinition["type"],
  { name, help, labels = [] }: Pick<Declaration<never>, "name" | "help" | "labels">,
): MetricDefinition {
  const unit = /_(bytes|seconds)(_total)?$/.exec(name)?.[1] ?? "";
  return { name, type, unit, help, labels, origin: "daemon" };
}

/** Binds metrics to the component that counts them. */
export function metricSource<Stats>(metrics: readonly OwnMetric<Stats>[], read: () => Stats): MetricSource {
  return {
    measure() {
      const stats = read();
      return metrics.map((metric) => [metric, metric.read(stats)] as const);
    },
  };
}
