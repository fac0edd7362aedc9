import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks until `look` gives something that `isGood`, every 50 ms: for what another process does in its own time.
 * Fails with the last answer after `withinMs`.
 */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isGood: (value: T) => boolean = Boolean,
  withinMs = 10_000,
): Promise<T> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (isGood(value)) return value;
    if (Date.now() > untilMs) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(value)}`);
    await pause(50);
  }
}
