import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/**
 * Asks until `look` gives something that `isGood`: for what another process does in its own time. The bound is no
 * waiting time: it only ends a wait for what never comes, on a machine however busy. Then it fails with the last answer.
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
