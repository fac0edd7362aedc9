import type { Clock } from "../model/clock.ts";

/** The machine's clocks and timers. The only file that reads them; everything else gets a Clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** 0 <= x < 1; for jitter only, never for secrets. */
export const systemRandom = (): number => Math.random();

/** Lets the event loop serve everything else that waits, then continues. */
export function yieldToLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
