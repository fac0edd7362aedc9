import type { Reading } from "../../model/collector.ts";

/** Ticks closer together than this make no rate: the kernel counts processor time in steps of 10 ms. */
const ELAPSED_MIN_MS = 250;

export interface Growth {
  readonly seconds: number;
  /** By field, over all keys. */
  readonly sums: readonly number[];
}

/** How much counters grew from tick to tick, summed over the keys (disks, interfaces, processors) that both ticks have. */
export class TickGrowth {
  readonly #fields: number;
  #sinceMs = 0;
  #base: ReadonlyMap<string, readonly number[]> | null = null;

  constructor(fields: number) {
    this.#fields = fields;
  }

  /**
   * Null on a refresh, on the first tick, when under 250 ms have passed, when a counter went back, or when no key is in
   * both ticks. Keeps `counters` until the next tick, so the caller hands over a fresh map each time.
   */
  measure(reading: Reading, counters: ReadonlyMap<string, readonly number[]>): Growth | null {
    if (reading.occasion !== "tick") return null;
    const base = this.#base;
    const elapsedMs = reading.monotonicMs - this.#sinceMs;
    if (base !== null && elapsedMs < ELAPSED_MIN_MS) return null;
    this.#base = counters;
    this.#sinceMs = reading.monotonicMs;
    if (base === null) return null;
    const sums = growthBetween(base, counters, this.#fields);
    return sums === null ? null : { seconds: elapsedMs / 1000, sums };
  }
}

function growthBetween(
  base: ReadonlyMap<string, readonly number[]>,
  counters: ReadonlyMap<string, readonly number[]>,
  fields: number,
): number[] | null {
  const sums = Array.from({ length: fields }, () => 0);
  let common = 0;
  for (const [key, now] of counters) {
    const before = base.get(key);
    if (before === undefined) continue;
    common++;
    for (let field = 0; field < fields; field++) {
      const growth = now[field]! - before[field]!;
      if (!(growth >= 0)) return null;
      sums[field]! += growth;
    }
  }
  return common === 0 ? null : sums;
}
