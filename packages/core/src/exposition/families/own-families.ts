import type { LabelledValue, MetricSource, MetricValue } from "../../model/own-metric.ts";
import { BlockCache } from "../encoding/block-cache.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { Family } from "../encoding/family.ts";

/** The daemon's own metrics as families, read from the components that count them. */
export class OwnFamilies {
  readonly #sources: readonly MetricSource[];
  readonly #blocks = new BlockCache();

  constructor(sources: readonly MetricSource[]) {
    this.#sources = sources;
  }

  read(): readonly Family[] {
    return this.#sources.flatMap((source) =>
      source.measure().map(([definition, value]) => {
        const labelled = labelledValues(definition.labels, value);
        const blocks = labelled.map(([labels]) => this.#blocks.of(labels));
        return columnFamily(
          definition,
          blocks,
          labelled.map(([, number]) => number),
        );
      }),
    );
  }
}

function labelledValues([label]: readonly string[], value: MetricValue): readonly LabelledValue[] {
  if (value === null) return [];
  if (typeof value === "number") return [[{}, value]];
  if (isLabelled(value)) return value;
  return Object.entries(value).map(([key, count]) => [{ [label!]: key }, count]);
}

function isLabelled(value: object): value is readonly LabelledValue[] {
  return Array.isArray(value);
}
