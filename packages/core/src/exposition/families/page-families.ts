import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { Page, PageLayout } from "../../model/page.ts";
import type { CollectorFilter } from "../collector-filter.ts";
import type { Family, FamilyHead } from "../encoding/family.ts";
import type { PageGroup, PageSeries } from "./page-index.ts";
import { pageIndex } from "./page-index.ts";

/** Turns this host's pages into families; the order of a layout is worked out once. */
export class PageFamilies {
  readonly #catalogue: Catalogue;
  readonly #indexes = new WeakMap<PageLayout, readonly PageGroup[]>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Families of the collectors that `wants` accepts. NaN is an unknown value, and unknown values are left out. */
  of(page: Page, wants: CollectorFilter): readonly Family[] {
    return this.#indexOf(page.layout).map((group) => familyOf(group, page.values, wants));
  }

  #indexOf(layout: PageLayout): readonly PageGroup[] {
    const known = this.#indexes.get(layout);
    if (known !== undefined) return known;
    const index = pageIndex(layout, this.#catalogue);
    this.#indexes.set(layout, index);
    return index;
  }
}

function familyOf(group: PageGroup, values: Float64Array, wants: CollectorFilter): Family {
  const shown = group.series.filter(({ collector, index }) => wants(collector) && !Number.isNaN(values[index]));
  return new PageFamily(group.head, shown, values);
}

/** A class for the reason that ColumnFamily gives. */
class PageFamily implements Family {
  readonly head: FamilyHead;
  readonly count: number;
  readonly #series: readonly PageSeries[];
  readonly #values: Float64Array;

  constructor(head: FamilyHead, series: readonly PageSeries[], values: Float64Array) {
    this.head = head;
    this.count = series.length;
    this.#series = series;
    this.#values = values;
  }

  block(at: number): string {
    return this.#series[at]!.block;
  }

  value(at: number): number {
    return this.#values[this.#series[at]!.index]!;
  }
}
