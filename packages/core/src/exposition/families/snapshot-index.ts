import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { SeriesLayout, SourceFamily } from "../../model/series-snapshot.ts";
import type { FamilyHead } from "../encoding/family.ts";
import { seriesBlock } from "../encoding/series-block.ts";
import { compareTuples, labelValues } from "../encoding/label-order.ts";

/** One family of a snapshot, its series in the order in which they are written. */
export interface SeriesGroup {
  readonly head: FamilyHead;
  /** Described by its source, and so is what its series lack. */
  readonly isOfSource: boolean;
  readonly series: readonly IndexedSeries[];
}

export interface IndexedSeries {
  /** Index into the snapshot's values. */
  readonly index: number;
  readonly collector: string;
  /** `_bucket`, `_sum` or `_count`, or "". */
  readonly suffix: string;
  readonly block: string;
}

/** What a histogram's or summary's series add to its name. */
const SUFFIX = /_(?:bucket|sum|count)$/;

/**
 * The families of a layout by name: series grouped by name and ordered by label values as in node_exporter. Of two series with
 * the same labels the first one is used, because Prometheus rejects the second.
 */
export function snapshotIndex(layout: SeriesLayout, catalogue: Catalogue): readonly SeriesGroup[] {
  const ofSource = new Map(layout.families.map((family) => [family.name, family]));
  const byName = new Map<string, Map<string, IndexedSeries>>();
  for (const { collector, start, end } of layout.sections) {
    for (let index = start; index < end; index++) {
      const full = layout.names[index]!;
      const suffix = suffixOf(full, ofSource);
      const name = full.slice(0, full.length - suffix.length);
      const labels = layout.labels[index]!;
      const series = byName.get(name) ?? new Map<string, IndexedSeries>();
      byName.set(name, series);
      const key = suffix + labels;
      if (!series.has(key)) series.set(key, { index, collector, suffix, block: seriesBlock(labels) });
    }
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, series]) => {
      const known = catalogue.find(name);
      const source = known === undefined ? ofSource.get(name) : undefined;
      const head = headOf(name, known ?? source);
      return {
        head,
        isOfSource: source !== undefined,
        series: source === undefined ? inOrder(series) : [...series.values()],
      };
    });
}

function suffixOf(name: string, ofSource: ReadonlyMap<string, SourceFamily>): string {
  const [suffix = ""] = SUFFIX.exec(name) ?? [];
  const type = suffix === "" ? undefined : ofSource.get(name.slice(0, -suffix.length))?.type;
  return type === "histogram" || (type === "summary" && suffix !== "_bucket") ? suffix : "";
}

function inOrder(series: ReadonlyMap<string, IndexedSeries>): readonly IndexedSeries[] {
  return [...series]
    .map(([labels, one]) => ({ one, values: labelValues(labels) }))
    .sort((a, b) => compareTuples(a.values, b.values))
    .map(({ one }) => one);
}

/** A name that is not in the catalogue is served as well, without type and help. */
function headOf(name: string, known: Partial<FamilyHead> | undefined): FamilyHead {
  return { name, type: known?.type ?? "untyped", help: known?.help ?? "", unit: known?.unit ?? "" };
}
