import { Backoff } from "../../model/backoff.ts";
import type { Clock } from "../../model/clock.ts";
import type { FailureReason } from "../../model/failure.ts";

/** How long an instance that hung or ended its thread is left alone: 30 s at first, 10 min at most. */
const LEFT_ALONE = { firstMs: 30_000, maxMs: 600_000 };

interface Circuit {
  readonly reason: FailureReason;
  readonly backoff: Backoff;
  readonly backoffMs: number;
  readonly openUntilMs: number;
  /** First answer since the back-off; null before it. */
  answeredAtMs: number | null;
}

/**
 * Instances that took their thread down with them.
 *
 *   closed --trip--> open --back-off passes--> half-open --answers for as long as its last back-off was--> closed
 *                     ^                            |
 *                     +------ trip: twice as long -+
 *
 * Open, an instance counts as down and no thread is asked. Half-open it is on trial: one answer is no clean record, or an
 * instance that hangs every second time would return to its neighbours in between and cost them again and again.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #circuits = new Map<number, Circuit>();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Opens the circuit. Returns for how long, in milliseconds. */
  trip(id: number, reason: FailureReason): number {
    const backoff = this.#circuits.get(id)?.backoff ?? new Backoff(LEFT_ALONE, this.#random);
    const backoffMs = backoff.next();
    const openUntilMs = this.#clock.monotonicMs() + backoffMs;
    this.#circuits.set(id, { reason, backoff, backoffMs, openUntilMs, answeredAtMs: null });
    return backoffMs;
  }

  /** Why the instance is left alone now; null when it may be collected, be it on trial. */
  blockedReason(id: number): FailureReason | null {
    const circuit = this.#circuits.get(id);
    if (circuit === undefined || this.#clock.monotonicMs() >= circuit.openUntilMs) return null;
    return circuit.reason;
  }

  /** Whether the instance tripped and has no clean record yet. */
  hasRecord(id: number): boolean {
    return this.#circuits.has(id);
  }

  /** The instance answered. True when its record is clean: it never tripped, or its trial is over. */
  answered(id: number): boolean {
    const circuit = this.#circuits.get(id);
    if (circuit === undefined) return true;
    const nowMs = this.#clock.monotonicMs();
    circuit.answeredAtMs ??= nowMs;
    // The first answer never ends the trial, however long ago the back-off passed.
    if (nowMs === circuit.answeredAtMs || nowMs - circuit.answeredAtMs < circuit.backoffMs) return false;
    this.#circuits.delete(id);
    return true;
  }

  /** The instance was changed, or is gone: a clean record. */
  reset(id: number): void {
    this.#circuits.delete(id);
  }
}
