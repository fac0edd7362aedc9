import { CollectFailure } from "../../model/failure.ts";
import type { CollectContext } from "../../model/collector.ts";
import type { Simulation } from "../../model/instance.ts";

const MINUTE_MS = 60_000;
const SLOW_DEFAULT_MS = 30_000;

/** Waits `delayMs` or until the signal is aborted, by the thread's clock. */
export type Wait = (delayMs: number, signal: AbortSignal | null) => Promise<void>;

/** Executes the injected fault, if its time has come. Returns a promise only for `slow`. */
export function injectFault(simulation: Simulation, context: CollectContext, wait: Wait): void | Promise<void> {
  if (simulation.fault === undefined) return;
  if (simulation.at !== undefined && context.wallMs < Date.parse(simulation.at)) return;
  switch (simulation.fault) {
    case "hang":
      return blockThread();
    case "exhaust":
      return exhaustHeap();
    case "throw":
      throw new CollectFailure("failed", "injected fault: throw");
    case "die":
      throw new CollectFailure("died", "injected fault: die");
    case "flap":
      if (Math.floor(context.wallMs / MINUTE_MS) % 2 === 1) throw new CollectFailure("refused", "injected fault: flap");
      return;
    case "slow":
      return answerLate(simulation.delayMs ?? SLOW_DEFAULT_MS, context, wait);
    default: {
      const unreachable: never = simulation.fault;
      throw new Error(`no such fault: ${String(unreachable)}`);
    }
  }
}

async function answerLate(delayMs: number, context: CollectContext, wait: Wait): Promise<void> {
  await wait(delayMs, context.signal);
  if (context.signal?.aborted) throw new CollectFailure("timeout", "injected fault: slow");
}

/** Never returns, like a collector in an endless loop. The thread is terminated from outside. */
function blockThread(): never {
  for (;;);
}

/** Never returns: the heap limit terminates the thread. */
function exhaustHeap(): never {
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => i + 0.5));
}
