import type { Clock } from "../../model/clock.ts";
import { hashNumber } from "../../model/hash.ts";

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

/** Smaller steps need no care: the schedule catches up, or waits, without skipping or repeating a slot. */
const SHIFT_MIN_MS = 1_000;

/**
 * Numbers the slots by absolute time (slot 0 began in 1970) but counts them by the monotonic clock, so a step of the wall
 * clock neither repeats nor skips slots by itself: it is noticed, counted, and the numbering pinned anew. The kernel's
 * monotonic clock stands still while the machine is suspended: waking up is a step, too.
 */
export class SlotClock {
  readonly #clock: Clock;
  #pinMs: number;
  /** The last step that shifted the numbering, and the time by the new one at which it was noticed. */
  #shift = { byMs: 0, atMs: 0 };
  /** How often the wall clock was found elsewhere than the monotonic clock said. */
  steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#pinMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Pins the numbering to the wall clock again. Returns by how many slots the schedule must be shifted: 0 but for a step. */
  follow(): number {
    const pinMs = this.#clock.wallMs() - this.#clock.monotonicMs();
    const byMs = pinMs - this.#pinMs;
    if (Math.abs(byMs) > SLOT_MS) this.steps++;
    // Below a slot it is NTP's slewing or the wall clock's rounding to whole milliseconds: follow it only when it adds up.
    if (Math.abs(byMs) > SLOT_MS / 20) this.#pinMs = pinMs;
    if (Math.abs(byMs) <= SHIFT_MIN_MS) return 0;
    this.#shift = { byMs, atMs: this.nowMs() };
    return Math.round(byMs / SLOT_MS);
  }

  /** The number of the slot that now lies in. */
  now(): number {
    return Math.floor(this.#exactMs() / SLOT_MS);
  }

  /** Now, as the slots are numbered; whole milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(this.#exactMs());
  }

  /** How long ago the slot at `timestampMs` was, whichever side of the last step it lies on. */
  lateMs(timestampMs: number): number {
    const { byMs, atMs } = this.#shift;
    const lateMs = this.nowMs() - timestampMs;
    const isBeforeStep = byMs > 0 ? timestampMs < atMs - byMs / 2 : lateMs < byMs / 2;
    return isBeforeStep ? lateMs - byMs : lateMs;
  }

  /** Milliseconds until the next slot begins. */
  msToNext(): number {
    const nowMs = this.#exactMs();
    return (Math.floor(nowMs / SLOT_MS) + 1) * SLOT_MS - nowMs;
  }

  #exactMs(): number {
    return this.#pinMs + this.#clock.monotonicMs();
  }
}
