import type { Clock } from "../../model/clock.ts";
import { hashNumber } from "../../model/hash.ts";

/** Width of a slot: the resolution of the schedule. */
export const SLOT_MS = 100;

/** The length of an interval in slots. */
export function periodOf(intervalSeconds: number): number {
  return (intervalSeconds * 1000) / SLOT_MS;
}

/** The offset of an instance in its interval: spread evenly by id, the same after every restart. */
export function offsetOf(id: number, period: number): number {
  return hashNumber(id) % period;
}

/** Smaller steps need no handling: the schedule catches up, or waits, without skipping or repeating a slot. */
const SHIFT_MIN_MS = 1_000;

/**
 * Numbers the slots by absolute time (slot 0 began in 1970) but counts them by the monotonic clock, so a step of the wall
 * clock neither repeats nor skips slots: it is detected and counted, and the numbering is aligned again. The kernel's
 * monotonic clock does not advance while the machine is suspended: a resume is a step, too.
 */
export class SlotClock {
  readonly #clock: Clock;
  #pinMs: number;
  /** The last step that shifted the numbering, and the time, in the new numbering, at which it was detected. */
  #shift = { byMs: 0, atMs: 0 };
  /** Number of steps of the wall clock against the monotonic clock. */
  steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#pinMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Aligns the numbering with the wall clock again. Returns by how many slots the schedule must be shifted: 0 except for a step. */
  follow(): number {
    const pinMs = this.#clock.wallMs() - this.#clock.monotonicMs();
    const byMs = pinMs - this.#pinMs;
    if (Math.abs(byMs) > SLOT_MS) this.steps++;
    // Less than a slot is NTP slewing, or the wall clock's rounding to milliseconds: follow it only once it adds up.
    if (Math.abs(byMs) > SLOT_MS / 20) this.#pinMs = pinMs;
    if (Math.abs(byMs) <= SHIFT_MIN_MS) return 0;
    this.#shift = { byMs, atMs: this.nowMs() };
    return Math.round(byMs / SLOT_MS);
  }

  /** The number of the current slot. */
  now(): number {
    return Math.floor(this.#exactMs() / SLOT_MS);
  }

  /** The current time on the time scale of the slots; whole milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(this.#exactMs());
  }

  /** How long ago the slot at `timestampMs` was, before or after the last step. */
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
