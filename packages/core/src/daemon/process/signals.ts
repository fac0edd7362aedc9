import type { Clock } from "../../model/clock.ts";

export interface SignalHandlers {
  /** Shut down gracefully. Called once. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** Exit at once. */
  readonly stopNow: (signal: NodeJS.Signals) => void;
  readonly reload: () => void;
  /** A signal that would have terminated the process and has no meaning for a daemon. */
  readonly ignored: (signal: NodeJS.Signals) => void;
}

/** A Ctrl-C in a terminal arrives two or three times within a millisecond; an intended second one comes later. */
const SECOND_SIGNAL_AFTER_MS = 1_000;

const STOP_ASKED = ["SIGINT", "SIGTERM", "SIGQUIT"] as const;
/** Power failure (also a container manager's shutdown); CPU time limit reached, repeated every second. */
const STOP_FORCED = ["SIGPWR", "SIGXCPU"] as const;
/**
 * Node would open the inspector's port on SIGUSR1; all others would terminate the process. With SIGXFSZ ignored, a write
 * beyond the file size limit fails with EFBIG. Not included: signals of a defect of the process itself (SIGSEGV, SIGTRAP,
 * SIGABRT, ...), which must terminate it, and the real-time signals, which Node cannot handle.
 */
const IGNORED = [
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGSTKFLT",
  "SIGXFSZ",
] as const satisfies readonly NodeJS.Signals[];

/**
 * SIGINT, SIGTERM and SIGQUIT shut down; a second or more later, another one exits at once. SIGHUP shuts down on a terminal
 * (it was closed), else it reloads the configuration.
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
  for (const signal of STOP_ASKED) events.on(signal, onStop);
  for (const signal of STOP_FORCED) events.on(signal, () => firstMs === null && onStop(signal));
  events.on("SIGHUP", context.isTerminal ? onStop : context.reload);
  for (const signal of IGNORED) events.on(signal, () => context.ignored(signal));
}
