import { Backoff } from "../../model/backoff.ts";
import type { Clock } from "../../model/clock.ts";
import type { FailureReason } from "../../model/failure.ts";

/** Back-off of an instance that hung or terminated its thread: 30 s at first, 10 min at most. */
const LEFT_ALONE = { firstMs: 30_000, maxMs: 600_000 };

interface Circuit {
  readonly reason: FailureReason;
  readonly backoff: Backoff;
  readonly backoffMs: number;
  readonly openUntilMs: number;
  /** Time of the first response since the back-off; null before it. */
  answeredAtMs: number | null;
}

/**
 * Circuit breaker per instance, for instances that hung or terminated their thread.
 *
 *   closed --trip--> open --back-off passes--> half-open --responds for as long as its last back-off--> closed
 *                     ^                            |
 *                     +------ trip: twice as long -+
 *
 * While open, an instance is down and is not collected. Half-open, it is on trial: a single response does not close the
 * circuit, or an instance that hangs every second time would return to its shard in between and delay it each time.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #circuits = new Map<number, Circuit>();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Opens the circuit. Returns the back-off in milliseconds. */
  trip(id: number, reason: FailureReason): number {
    const backoff = this.#circuits.get(id)?.backoff ?? new Backoff(LEFT_ALONE, this.#random);
    const backoffMs = backoff.next();
    const openUntilMs = this.#clock.monotonicMs() + backoffMs;
    this.#circuits.set(id, { reason, backoff, backoffMs, openUntilMs, answeredAtMs: null });
    return backoffMs;
  }

  /** Why the instance must not be collected now; null when it may be, even if on trial. */
  blockedReason(id: number): FailureReason | null {
    const circuit = this.#circuits.get(id);
    if (circuit === undefined || this.#clock.monotonicMs() >= circuit.openUntilMs) return null;
    return circuit.reason;
  }

  /** Whether the instance tripped and its circuit is not closed yet. */
  hasRecord(id: number): boolean {
    return this.#circuits.has(id);
  }

  /** The instance responded. True when its circuit is closed: it never tripped, or its trial is over. */
  answered(id: number): boolean {
    const circuit = this.#circuits.get(id);
    if (circuit === undefined) return true;
    const nowMs = this.#clock.monotonicMs();
    circuit.answeredAtMs ??= nowMs;
    // The first response never ends the trial, however long ago the back-off passed.
    if (nowMs === circuit.answeredAtMs || nowMs - circuit.answeredAtMs < circuit.backoffMs) return false;
    this.#circuits.delete(id);
    return true;
  }

  /** The instance was changed or removed: closes the circuit. */
  reset(id: number): void {
    this.#circuits.delete(id);
  }
}
