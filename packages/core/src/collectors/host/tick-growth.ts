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
  /** Of keys whose growth was not known at the last tick, the counters before it. */
  #doubted: ReadonlyMap<string, readonly number[]> = new Map();

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
    const doubted = new Map<string, readonly number[]>();
    for (const [key, now] of counters) {
      const before = base.get(key);
      if (before === undefined) continue;
      const growth = this.#growthOf(now, before);
      if (growth === null) doubted.set(key, before);
      else if (!isReturn(now, before, this.#doubted.get(key))) byKey.set(key, growth);
    }
    this.#doubted = doubted;
    return byKey.size === 0 ? null : { seconds: elapsedMs / 1000, byKey };
  }
}

/**
 * Whether a counter that went back is where it was before: that reading was a slip of the kernel, no reset, and the way back
 * is no growth.
 */
function isReturn(now: readonly number[], before: readonly number[], earlier: readonly number[] | undefined): boolean {
  if (earlier === undefined) return false;
  return now.some((value, field) => {
    const past = value - earlier[field]!;
    return before[field]! < earlier[field]! && past >= 0 && past < (value - before[field]!) / 2;
  });
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
