import { sleep } from "../model/clock.ts";
import type { Clock } from "../model/clock.ts";
import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";

export interface StopStep {
  readonly part: string;
  /** Called with its available time in milliseconds. */
  readonly stop: (shareMs: number) => Promise<unknown>;
  /** Maximum time, even if more is available. */
  readonly maxMs: number;
  /** Time reserved for it, however long the previous steps take. */
  readonly reservedMs: number;
}

export interface StopOptions {
  readonly totalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs the steps sequentially within `totalMs`. A step that fails or exceeds its time is logged and abandoned.
 * Never rejects; false when a step did not complete.
 */
export async function stopInOrder(steps: readonly StopStep[], options: StopOptions): Promise<boolean> {
  const { clock, logger, totalMs } = options;
  const untilMs = clock.monotonicMs() + totalMs;
  let isComplete = true;
  for (const [index, { part, stop, maxMs }] of steps.entries()) {
    const reservedMs = steps.slice(index + 1).reduce((sum, step) => sum + step.reservedMs, 0);
    const shareMs = Math.max(0, Math.min(maxMs, untilMs - clock.monotonicMs() - reservedMs));
    const outcome = await settle(stop, shareMs, clock);
    if (outcome === "in time") continue;
    isComplete = false;
    const facts = outcome === "late" ? { shareMs: Math.round(shareMs) } : { error: messageOf(outcome.error) };
    logger.error("component did not stop cleanly", { part, ...facts });
  }
  return isComplete;
}

async function settle(
  stop: StopStep["stop"],
  withinMs: number,
  clock: Clock,
): Promise<"in time" | "late" | { error: unknown }> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      stop(withinMs).then(() => "in time" as const),
      sleep(clock, withinMs, settled.signal).then(() => "late" as const),
    ]);
  } catch (error) {
    return { error };
  } finally {
    settled.abort();
  }
}
