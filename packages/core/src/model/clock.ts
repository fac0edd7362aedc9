/**
 * The only way to the time of day, to a stopwatch and to timers.
 * The real one is `platform/system-clock.ts`; tests drive `model/testing/manual-clock.ts` by hand.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC; may jump. */
  wallMs(): number;
  /** Stopwatch, milliseconds with a fraction; never goes back. */
  monotonicMs(): number;
  /** Calls `task` once, `delayMs` from now. The returned function cancels it and is safe to call twice. */
  after(delayMs: number, task: () => void): CancelTimer;
}

export type CancelTimer = () => void;

/** Resolves after `delayMs`, or at once when `signal` aborts: never rejects, so a waiting loop just looks at its signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = () => {
      cancel();
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal?.addEventListener("abort", finish, { once: true });
  });
}
