import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import type { FailureReason } from "../model/failure.ts";

/** How long an instance that hung or ended its thread is left alone: 30 s at first, 10 min at most. */
const LEAVE_ALONE = { firstMs: 30_000, maxMs: 600_000 };

interface Suspect {
  readonly reason: FailureReason;
  readonly backoff: Backoff;
  untilMs: number;
}

/** Instances that took their thread down with them. While one is left alone it counts as down, and its thread is not asked. */
export class Suspects {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #suspects = new Map<number, Suspect>();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Leaves the instance alone, twice as long as the time before. */
  accuse(id: number, reason: FailureReason): void {
    const backoff = this.#suspects.get(id)?.backoff ?? new Backoff(LEAVE_ALONE, this.#random);
    this.#suspects.set(id, { reason, backoff, untilMs: this.#clock.monotonicMs() + backoff.next() });
  }

  /** Why the instance is left alone now, or null when it may be collected. */
  excuse(id: number): FailureReason | null {
    const suspect = this.#suspects.get(id);
    if (suspect === undefined || this.#clock.monotonicMs() >= suspect.untilMs) return null;
    return suspect.reason;
  }

  /** It answered, was changed, or is gone: a clean record. */
  acquit(id: number): void {
    this.#suspects.delete(id);
  }

  get size(): number {
    return this.#suspects.size;
  }
}
