import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/**
 * Polls until `look` returns a value that `isGood`, for events in other processes. The timeout is generous, for busy machines:
 * it only ends a wait for what never happens, and then fails with the last value.
 */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isGood: (value: T) => boolean = Boolean,
  withinMs = 90_000,
): Promise<T> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (isGood(value)) return value;
    if (performance.now() > untilMs) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(value)}`);
    await pause(LOOK_EVERY_MS);
  }
}
