import type { Reading } from "../../model/collector.ts";

/** Ticks closer together than this make no rate: the kernel counts processor time in steps of 10 ms. */
const ELAPSED_MIN_MS = 250;

/** How much the counters of one key grew, or null when that cannot be told. */
export type GrowthOf = (now: readonly number[], before: readonly number[]) => readonly number[] | null;

export interface Growth {
  readonly seconds: number;
  /** By key; only of those whose growth is known. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
}

/** How much counters grew from tick to tick, for each key (a disk, an interface, a processor) that both ticks have. */
export class TickGrowth {
  readonly #growthOf: GrowthOf;
  #sinceMs = 0;
  #base: ReadonlyMap<string, readonly number[]> | null = null;

  constructor(growthOf: GrowthOf = risen) {
    this.#growthOf = growthOf;
  }

  /**
   * Null on a refresh, on the first tick, when under 250 ms have passed, or when the growth of no key is known. Keeps
   * `counters` until the next tick, so the caller hands over a fresh map each time.
   */
  measure(reading: Reading, counters: ReadonlyMap<string, readonly number[]>): Growth | null {
    if (reading.occasion !== "tick") return null;
    const base = this.#base;
    const elapsedMs = reading.monotonicMs - this.#sinceMs;
    if (base !== null && elapsedMs < ELAPSED_MIN_MS) return null;
    this.#base = counters;
    this.#sinceMs = reading.monotonicMs;
    if (base === null) return null;
    const byKey = new Map<string, readonly number[]>();
    for (const [key, now] of counters) {
      const before = base.get(key);
      const growth = before === undefined ? null : this.#growthOf(now, before);
      if (growth !== null) byKey.set(key, growth);
    }
    return byKey.size === 0 ? null : { seconds: elapsedMs / 1000, byKey };
  }
}

/**
 * Null when any counter went back: the key began anew, and what came before the reset is not known. A counter of 32 bits that
 * overflowed looks the same and is treated so: that loses a tick of one key, the opposite mistake invents 4 GiB.
 */
export function risen(now: readonly number[], before: readonly number[]): readonly number[] | null {
  const growth = now.map((value, field) => value - before[field]!);
  return growth.every((value) => value >= 0) ? growth : null;
}

export function sumOfGrowths(growths: Iterable<readonly number[]>, fields: number): number[] {
  const sums = Array.from({ length: fields }, () => 0);
  for (const growth of growths) for (let field = 0; field < fields; field++) sums[field]! += growth[field]!;
  return sums;
}
