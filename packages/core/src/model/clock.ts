/**
 * The only access to the wall clock, the monotonic clock and timers.
 * The real one is `platform/system-clock.ts`; tests use `model/testing/manual-clock.ts`.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC; may jump. */
  wallMs(): number;
  /** Monotonic clock, milliseconds with a fraction; never goes backward. */
  monotonicMs(): number;
  /** Calls `task` once, `delayMs` from now. The returned function cancels it and is idempotent. */
  after(delayMs: number, task: () => void): CancelTimer;
}

export type CancelTimer = () => void;

/** Resolves after `delayMs`, or at once when `signal` aborts: never rejects, so a waiting loop only checks its signal. */
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
