import type { ManualClock } from "../../model/testing/manual-clock.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";

/** Resolves when there are more timers than `before`: a request that was just made is waiting. */
export async function timerArmed(clock: ManualClock, before: number): Promise<void> {
  while (clock.pending <= before) await yieldToLoop();
}
