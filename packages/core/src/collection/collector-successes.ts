import type { SeriesLayout, SeriesSnapshot } from "../model/series-snapshot.ts";

const SUCCESS = "node_scrape_collector_success";

interface SuccessSeries {
  readonly collector: string;
  /** Index into the snapshot's values. */
  readonly index: number;
}

/** When each collector of this host last succeeded, also while it hangs and its thread is replaced. */
export class CollectorSuccesses {
  readonly #indexes = new WeakMap<SeriesLayout, readonly SuccessSeries[]>();
  #timesMs: ReadonlyMap<string, number> = new Map();

  /** Takes a new snapshot; one of an instance that is not a host changes nothing. */
  observe({ layout, values, readAtMs }: SeriesSnapshot): void {
    const series = this.#seriesOf(layout);
    if (series.length === 0) return;
    const before = this.#timesMs;
    const times = new Map<string, number>();
    for (const { collector, index } of series) {
      const timeMs = values[index] === 1 ? readAtMs : before.get(collector);
      if (timeMs !== undefined) times.set(collector, timeMs);
    }
    this.#timesMs = times;
  }

  /** Seconds since 1970, by collector; without those that have not succeeded yet, or are switched off. */
  get seconds(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#timesMs].map(([collector, timeMs]) => [collector, timeMs / 1000]));
  }

  #seriesOf(layout: SeriesLayout): readonly SuccessSeries[] {
    let series = this.#indexes.get(layout);
    if (series === undefined) {
      series = layout.names.flatMap((name, index) => {
        const collector = name === SUCCESS ? /^collector="(\w+)"$/.exec(layout.labels[index]!)?.[1] : undefined;
        return collector === undefined ? [] : [{ collector, index }];
      });
      this.#indexes.set(layout, series);
    }
    return series;
  }
}
