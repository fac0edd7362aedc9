import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { SeriesLayout } from "../../model/series-snapshot.ts";
import type { FamilyHead } from "../encoding/family.ts";
import { seriesBlock } from "../encoding/series-block.ts";
import { compareTuples, labelValues } from "../encoding/label-order.ts";

/** One family of a snapshot, its series in the order in which they are written. */
export interface SeriesGroup {
  readonly head: FamilyHead;
  readonly series: readonly IndexedSeries[];
}

export interface IndexedSeries {
  /** Index into the snapshot's values. */
  readonly index: number;
  readonly collector: string;
  readonly block: string;
}

/**
 * The families of a layout: series grouped by name and ordered by label values as in node_exporter. Of two series with
 * the same labels the first one is used, because Prometheus rejects the second.
 */
export function snapshotIndex(layout: SeriesLayout, catalogue: Catalogue): readonly SeriesGroup[] {
  const byName = new Map<string, Map<string, IndexedSeries>>();
  for (const { collector, start, end } of layout.sections) {
    for (let index = start; index < end; index++) {
      const name = layout.names[index]!;
      const labels = layout.labels[index]!;
      const series = byName.get(name) ?? new Map<string, IndexedSeries>();
      byName.set(name, series);
      if (!series.has(labels)) series.set(labels, { index, collector, block: seriesBlock(labels) });
    }
  }
  return [...byName].map(([name, series]) => ({ head: headOf(name, catalogue), series: inOrder(series) }));
}

function inOrder(series: ReadonlyMap<string, IndexedSeries>): readonly IndexedSeries[] {
  return [...series]
    .map(([labels, one]) => ({ one, values: labelValues(labels) }))
    .sort((a, b) => compareTuples(a.values, b.values))
    .map(({ one }) => one);
}

/** A name that is not in the catalogue is served as well, without type and help. */
function headOf(name: string, catalogue: Catalogue): FamilyHead {
  const known = catalogue.find(name);
  return { name, type: known?.type ?? "untyped", help: known?.help ?? "", unit: known?.unit ?? "" };
}
