/** A longer body is large. Those of most targets are not: node_exporter's has 100 kB. */
export const LARGE_BYTES = 1024 * 1024;
/** At most so many large bodies are in memory at once, of 16 MiB each, and as much again while they are parsed. */
const PERMITS = 4;

/** Large bodies take turns, so that many targets of millions of series do not take the memory of the others. */
export class LargeBodies {
  #free = PERMITS;
  readonly #waiting: (() => void)[] = [];

  /** Resolves to the release, which is idempotent. Rejects when the signal aborts before it is its turn. */
  async acquire(signal: AbortSignal | null): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  }

  #turn(signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal!.reason as Error);
      };
      this.#waiting.push(begin);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}

/** The turn of one body, which is taken at most once. */
export class Turn {
  readonly #bodies: LargeBodies;
  readonly #signal: AbortSignal | null;
  #release: Promise<() => void> | null = null;

  constructor(bodies: LargeBodies, signal: AbortSignal | null) {
    this.#bodies = bodies;
    this.#signal = signal;
  }

  /** Rejects when the signal aborts before it is its turn. */
  async take(): Promise<void> {
    await (this.#release ??= this.#bodies.acquire(this.#signal));
  }

  /** Once the body is no longer needed; also when the turn was not taken, or not yet. */
  release(): void {
    this.#release?.then(
      (release) => release(),
      () => {
        // It was aborted before it was its turn.
      },
    );
  }
}
