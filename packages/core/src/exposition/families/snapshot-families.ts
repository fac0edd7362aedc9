import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { SeriesLayout, SeriesSnapshot } from "../../model/series-snapshot.ts";
import type { CollectorFilter } from "../collector-filter.ts";
import type { Family, FamilyHead } from "../encoding/family.ts";
import type { SeriesGroup, IndexedSeries } from "./snapshot-index.ts";
import { snapshotIndex } from "./snapshot-index.ts";

/** Converts snapshots into families; the order of a layout is computed once. */
export class SnapshotFamilies {
  readonly #catalogue: Catalogue;
  readonly #indexes = new WeakMap<SeriesLayout, readonly SeriesGroup[]>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Families of the collectors that `wants` accepts. Unknown values (NaN) are omitted, except where a source itself says NaN. */
  of(snapshot: SeriesSnapshot, wants: CollectorFilter): readonly Family[] {
    return this.#indexOf(snapshot.layout).map((group) => familyOf(group, snapshot.values, wants));
  }

  #indexOf(layout: SeriesLayout): readonly SeriesGroup[] {
    const known = this.#indexes.get(layout);
    if (known !== undefined) return known;
    const index = snapshotIndex(layout, this.#catalogue);
    this.#indexes.set(layout, index);
    return index;
  }
}

function familyOf(group: SeriesGroup, values: Float64Array, wants: CollectorFilter): Family {
  const isKnown = ({ index }: IndexedSeries) => group.isOfSource || !Number.isNaN(values[index]);
  const isShown = (series: IndexedSeries) => wants(series.collector) && isKnown(series);
  const shown = group.series.every(isShown) ? group.series : group.series.filter(isShown);
  return group.isOfSource ? new SourceFamily(group.head, shown, values) : new SnapshotFamily(group.head, shown, values);
}

/** A class for the same reason as ColumnFamily. */
class SnapshotFamily implements Family {
  readonly head: FamilyHead;
  readonly count: number;
  protected readonly series: readonly IndexedSeries[];
  readonly #values: Float64Array;

  constructor(head: FamilyHead, series: readonly IndexedSeries[], values: Float64Array) {
    this.head = head;
    this.count = series.length;
    this.series = series;
    this.#values = values;
  }

  block(at: number): string {
    return this.series[at]!.block;
  }

  value(at: number): number {
    return this.#values[this.series[at]!.index]!;
  }
}

/** Of any type; the types of this host's own families have no suffixes. */
class SourceFamily extends SnapshotFamily {
  suffix(at: number): string {
    return this.series[at]!.suffix;
  }
}
