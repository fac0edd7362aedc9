import type { CollectContext } from "../model/collector.ts";

/** Ticks closer together give no rate: the kernel counts CPU time in steps of 10 ms. */
const ELAPSED_MIN_MS = 250;

/** The increase of the counters of one key, or null when unknown. */
export type DeltaOf = (now: readonly number[], before: readonly number[]) => readonly number[] | null;

export interface Deltas {
  readonly seconds: number;
  /** Per key; keys with unknown deltas are omitted. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
}

/** Counter deltas from tick to tick, per key (disk, interface, CPU) that both ticks have. */
export class CounterDeltas {
  readonly #deltaOf: DeltaOf;
  #sinceMs = 0;
  #base: ReadonlyMap<string, readonly number[]> | null = null;
  /** For keys with unknown deltas at the last tick: their counters before it. */
  #doubted: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(deltaOf: DeltaOf = risen) {
    this.#deltaOf = deltaOf;
  }

  /**
   * Null on a refresh, on the first tick, when less than 250 ms have passed, or when no key has known deltas. Keeps
   * `counters` until the next tick, so the caller must pass a new map each time.
   */
  measure(context: CollectContext, counters: ReadonlyMap<string, readonly number[]>): Deltas | null {
    if (context.occasion !== "tick") return null;
    const base = this.#base;
    const elapsedMs = context.monotonicMs - this.#sinceMs;
    if (base !== null && elapsedMs < ELAPSED_MIN_MS) return null;
    this.#base = counters;
    this.#sinceMs = context.monotonicMs;
    if (base === null) return null;
    const byKey = new Map<string, readonly number[]>();
    const doubted = new Map<string, readonly number[]>();
    for (const [key, now] of counters) {
      const before = base.get(key);
      if (before === undefined) continue;
      const deltas = this.#deltaOf(now, before);
      if (deltas === null) doubted.set(key, before);
      else if (!isReturn(now, before, this.#doubted.get(key))) byKey.set(key, deltas);
    }
    this.#doubted = doubted;
    return byKey.size === 0 ? null : { seconds: elapsedMs / 1000, byKey };
  }
}

/**
 * Whether a counter that went backward has returned to its previous value: the kernel reported one wrong value, so this
 * was not a reset, and the return is not an increase.
 */
function isReturn(now: readonly number[], before: readonly number[], earlier: readonly number[] | undefined): boolean {
  if (earlier === undefined) return false;
  return now.some((value, field) => {
    const past = value - earlier[field]!;
    return before[field]! < earlier[field]! && past >= 0 && past < (value - before[field]!) / 2;
  });
}

/**
 * Null when any counter went backward: it was reset, and its increase is unknown. An overflow of a 32-bit counter looks
 * the same and is treated the same: that loses one tick of one key; the opposite mistake would invent 4 GiB.
 */
export function risen(now: readonly number[], before: readonly number[]): readonly number[] | null {
  const deltas = now.map((value, field) => value - before[field]!);
  return deltas.every((value) => value >= 0) ? deltas : null;
}

export function sumOfDeltas(perKey: Iterable<readonly number[]>, fields: number): number[] {
  const sums = Array.from({ length: fields }, () => 0);
  for (const deltas of perKey) for (let field = 0; field < fields; field++) sums[field]! += deltas[field]!;
  return sums;
}
