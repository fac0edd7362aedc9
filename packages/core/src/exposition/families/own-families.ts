import type { MetricDefinition } from "../../model/catalogue/definition.ts";
import type { LabelledValue, MetricSource, MetricValue } from "../../model/own-metric.ts";
import { BlockCache } from "../encoding/block-cache.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { Family } from "../encoding/family.ts";
import { seriesBlock } from "../encoding/series-block.ts";

/** The daemon's own metrics as families, read from the components that count them. */
export class OwnFamilies {
  readonly #sources: readonly MetricSource[];
  readonly #blocks = new BlockCache();

  constructor(sources: readonly MetricSource[]) {
    this.#sources = sources;
  }

  read(): readonly Family[] {
    return this.#sources.flatMap((source) =>
      source.measure().map(([definition, value]) => this.#family(definition, value)),
    );
  }

  #family(definition: MetricDefinition, value: MetricValue): Family {
    if (value === null) return columnFamily(definition, [], []);
    if (typeof value === "number") return columnFamily(definition, UNLABELLED, [value]);
    const blocks: string[] = [];
    const values: number[] = [];
    for (const [labels, number] of isLabelled(value) ? value : byLabel(definition.labels[0]!, value)) {
      blocks.push(this.#blocks.of(labels));
      values.push(number);
    }
    return columnFamily(definition, blocks, values);
  }
}

const UNLABELLED = [seriesBlock("")];

function byLabel(label: string, value: Readonly<Record<string, number>>): readonly LabelledValue[] {
  return Object.entries(value).map(([key, number]) => [{ [label]: key }, number]);
}

function isLabelled(value: object): value is readonly LabelledValue[] {
  return Array.isArray(value);
}
