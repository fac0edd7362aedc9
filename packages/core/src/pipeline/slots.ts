import type { Clock } from "../model/clock.ts";
import { hashNumber } from "../model/hash.ts";

/** Width of a slot: the grain of the schedule. */
export const SLOT_MS = 100;

/** An interval's length in slots. */
export function periodOf(intervalSeconds: number): number {
  return (intervalSeconds * 1000) / SLOT_MS;
}

/** Where in its interval an instance is due: spread evenly by id, the same after every restart. */
export function offsetOf(id: number, period: number): number {
  return hashNumber(id) % period;
}

/**
 * Numbers the slots by absolute time (slot 0 began in 1970) but counts them by the stopwatch, so a step of the wall clock
 * neither repeats nor skips slots by itself: it is noticed, counted, and the numbering pinned anew.
 */
export class SlotClock {
  readonly #clock: Clock;
  #pinMs: number;
  /** How often the wall clock was found elsewhere than the stopwatch said. */
  steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#pinMs = clock.wallMs() - clock.monotonicMs();
  }

  /** The number of the slot that now lies in. */
  now(): number {
    const pinMs = this.#clock.wallMs() - this.#clock.monotonicMs();
    const driftMs = Math.abs(pinMs - this.#pinMs);
    if (driftMs > SLOT_MS) this.steps++;
    // Below a slot it is NTP's slewing or the wall clock's rounding to whole milliseconds: follow it only when it adds up.
    if (driftMs > SLOT_MS / 20) this.#pinMs = pinMs;
    return Math.floor((this.#pinMs + this.#clock.monotonicMs()) / SLOT_MS);
  }

  /** Milliseconds until the next slot begins. */
  msToNext(): number {
    const nowMs = this.#pinMs + this.#clock.monotonicMs();
    return (Math.floor(nowMs / SLOT_MS) + 1) * SLOT_MS - nowMs;
  }
}
