import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { PageLayout } from "../../model/page.ts";
import type { FamilyHead } from "../encoding/family.ts";
import { seriesBlock } from "../encoding/label-block.ts";
import { compareTuples, labelValues } from "../encoding/label-order.ts";

/** One family of a page, its series in the order in which they are written. */
export interface PageGroup {
  readonly head: FamilyHead;
  readonly series: readonly PageSeries[];
}

export interface PageSeries {
  /** Index into the page's values. */
  readonly index: number;
  readonly collector: string;
  readonly block: string;
}

/**
 * The families of a layout: series grouped by name and ordered by label values as node_exporter has them. Of two series
 * that are the same but for their value the first one counts, because Prometheus refuses the second.
 */
export function pageIndex(layout: PageLayout, catalogue: Catalogue): readonly PageGroup[] {
  const byName = new Map<string, Map<string, PageSeries>>();
  for (const { collector, start, end } of layout.sections) {
    for (let index = start; index < end; index++) {
      const name = layout.names[index]!;
      const labels = layout.labels[index]!;
      const series = byName.get(name) ?? new Map<string, PageSeries>();
      byName.set(name, series);
      if (!series.has(labels)) series.set(labels, { index, collector, block: seriesBlock(labels) });
    }
  }
  return [...byName].map(([name, series]) => ({ head: headOf(name, catalogue), series: inOrder(series) }));
}

function inOrder(series: ReadonlyMap<string, PageSeries>): readonly PageSeries[] {
  return [...series]
    .map(([labels, one]) => ({ one, values: labelValues(labels) }))
    .sort((a, b) => compareTuples(a.values, b.values))
    .map(({ one }) => one);
}

/** A name that the catalogue does not know is served all the same, without a type or a help. */
function headOf(name: string, catalogue: Catalogue): FamilyHead {
  const known = catalogue.find(name);
  return { name, type: known?.type ?? "untyped", help: known?.help ?? "", unit: known?.unit ?? "" };
}
