import { CollectFailure } from "../../model/failure.ts";
import type { Reading } from "../../model/collector.ts";
import type { Simulation } from "../../model/instance.ts";

const MINUTE_MS = 60_000;
const SLOW_DEFAULT_MS = 30_000;

/** Waits `delayMs` or until the signal aborts; the thread's clock gives it. */
export type Wait = (delayMs: number, signal: AbortSignal | null) => Promise<void>;

/** Commits the rehearsed fault, if its time has come. Returns a promise only for `slow`. */
export function commitFault(simulation: Simulation, reading: Reading, wait: Wait): void | Promise<void> {
  if (simulation.fault === undefined) return;
  if (simulation.at !== undefined && reading.wallMs < Date.parse(simulation.at)) return;
  switch (simulation.fault) {
    case "hang":
      return blockThread();
    case "exhaust":
      return exhaustHeap();
    case "throw":
      throw new CollectFailure("failed", "rehearsed fault: throw");
    case "die":
      throw new CollectFailure("died", "rehearsed fault: die");
    case "flap":
      if (Math.floor(reading.wallMs / MINUTE_MS) % 2 === 1)
        throw new CollectFailure("refused", "rehearsed fault: flap");
      return;
    case "slow":
      return answerLate(simulation.delayMs ?? SLOW_DEFAULT_MS, reading, wait);
    default: {
      const unreachable: never = simulation.fault;
      throw new Error(`no such fault: ${String(unreachable)}`);
    }
  }
}

async function answerLate(delayMs: number, reading: Reading, wait: Wait): Promise<void> {
  await wait(delayMs, reading.signal);
  if (reading.signal?.aborted) throw new CollectFailure("timeout", "rehearsed fault: slow");
}

/** Never returns: what a collector does that loops, or a driver that spins. The pipeline ends the thread. */
function blockThread(): never {
  for (;;);
}

/** Never returns: the thread's heap limit ends it. */
function exhaustHeap(): never {
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => i + 0.5));
}
