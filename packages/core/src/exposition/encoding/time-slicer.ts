import type { Clock } from "../../model/clock.ts";

/** A response of 500k series takes 100 ms and more: samples and other requests must not wait for it. */
const SLICE_MS = 5;

export interface TimeSlicerOptions {
  readonly clock: Clock;
  /** Resolves after the event loop has served everything that was waiting. */
  readonly yieldToLoop: () => Promise<void>;
}

/**
 * Splits long work into slices of about 5 ms, between which it yields to the event loop. Work that shares a TimeSlicer shares
 * the slice, so that four concurrent scrapes do not make one turn of 20 ms.
 */
export class TimeSlicer {
  readonly #options: TimeSlicerOptions;
  #sliceStartMs: number;
  #turning: Promise<void> | null = null;

  constructor(options: TimeSlicerOptions) {
    this.#options = options;
    this.#sliceStartMs = options.clock.monotonicMs();
  }

  /** Call it between pieces of less than a millisecond each; null when the slice is not used up. */
  pause(): Promise<void> | null {
    if (this.#turning !== null) return this.#turning;
    if (this.#options.clock.monotonicMs() - this.#sliceStartMs < SLICE_MS) return null;
    this.#turning = this.#turn();
    return this.#turning;
  }

  async #turn(): Promise<void> {
    await this.#options.yieldToLoop();
    this.#sliceStartMs = this.#options.clock.monotonicMs();
    this.#turning = null;
  }
}
