import type { ManualClock } from "../../model/testing/manual-clock.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";

/** Resolves when a timer more than `before` waits: a request that was just made has come to its wait. */
export async function timerArmed(clock: ManualClock, before: number): Promise<void> {
  while (clock.pending <= before) await yieldToLoop();
}
