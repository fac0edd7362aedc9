import { CloudMonitorError } from "../model/errors.ts";

/** `collect[]` and `exclude[]` of a scrape; an empty set is the same as none. */
export interface CollectorChoice {
  readonly collect?: ReadonlySet<string>;
  readonly exclude?: ReadonlySet<string>;
}

export type CollectorFilter = (collector: string) => boolean;

/**
 * Selects the collectors whose families a scrape requests. `known` are the enabled host collectors, `daemon` and `fleet`.
 * Throws `COLLECTOR_UNKNOWN` for any other name, and when both are given, like node_exporter.
 */
export function collectorFilter(choice: CollectorChoice, known: ReadonlySet<string>): CollectorFilter {
  const collect = choice.collect ?? NONE;
  const exclude = choice.exclude ?? NONE;
  if (collect.size > 0 && exclude.size > 0) {
    throw new CloudMonitorError("COLLECTOR_UNKNOWN", "both collect[] and exclude[] are given; give one of them");
  }
  if (![...collect, ...exclude].every((name) => known.has(name))) {
    const names = [...known].sort().join(", ");
    throw new CloudMonitorError("COLLECTOR_UNKNOWN", `no collector of that name is enabled; enabled are: ${names}`);
  }
  return collect.size > 0 ? (name) => collect.has(name) : (name) => !exclude.has(name);
}

const NONE: ReadonlySet<string> = new Set();
