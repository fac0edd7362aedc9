export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Doubling delays with jitter: half fixed, half random, so that many daemons do not retry at the same time.
 * `random` yields 0 <= x < 1.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** The next delay in milliseconds. */
  next(): number {
    const ceilingMs = Math.min(this.#options.maxMs, this.#options.firstMs * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 30);
    return ceilingMs / 2 + (ceilingMs / 2) * this.#random();
  }

  /** Call after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
