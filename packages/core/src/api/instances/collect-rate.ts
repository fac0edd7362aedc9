import type { Clock } from "../../model/clock.ts";
import { CloudMonitorError } from "../../model/errors.ts";

const WINDOW_MS = 1_000;
/** Instances per window. */
const COUNT_MAX = 50;

/** Limits collections out of turn: one per instance and second, and 50 per second together. */
export class CollectRate {
  readonly #clock: Clock;
  /** When each was last taken, in that order, on the monotonic clock. */
  readonly #taken = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `COLLECT_TOO_OFTEN`. */
  take(id: number): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [one, atMs] of this.#taken) {
      if (nowMs - atMs < WINDOW_MS) break;
      this.#taken.delete(one);
    }
    if (this.#taken.has(id)) throw tooOften("This instance was collected less than a second ago.");
    if (this.#taken.size >= COUNT_MAX) throw tooOften(`More than ${COUNT_MAX} instances per second.`);
    this.#taken.set(id, nowMs);
  }
}

function tooOften(message: string): CloudMonitorError {
  return new CloudMonitorError("COLLECT_TOO_OFTEN", message, { retryable: true });
}
