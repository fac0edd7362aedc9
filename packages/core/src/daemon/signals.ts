import type { Clock } from "../model/clock.ts";

export interface SignalHandlers {
  /** Stop in an orderly way. Called once. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** End at once. */
  readonly stopNow: (signal: NodeJS.Signals) => void;
  readonly reload: () => void;
}

/** A Ctrl-C in a terminal arrives two or three times within a millisecond; a second one that is meant comes later. */
const SECOND_SIGNAL_AFTER_MS = 1_000;

/**
 * SIGINT and SIGTERM stop; again, a second or more later, they end the process at once. SIGHUP stops on a terminal (it was
 * closed), else it reloads the configuration.
 */
export function handleSignals(
  events: NodeJS.EventEmitter,
  context: { clock: Clock; isTerminal: boolean } & SignalHandlers,
): void {
  let firstMs: number | null = null;
  const onStop = (signal: NodeJS.Signals) => {
    const nowMs = context.clock.monotonicMs();
    if (firstMs === null) {
      firstMs = nowMs;
      context.stop(signal);
    } else if (nowMs - firstMs >= SECOND_SIGNAL_AFTER_MS) {
      context.stopNow(signal);
    }
  };
  events.on("SIGINT", onStop);
  events.on("SIGTERM", onStop);
  events.on("SIGHUP", context.isTerminal ? onStop : context.reload);
  // Node would open the inspector's port on SIGUSR1.
  events.on("SIGUSR1", () => {});
}
