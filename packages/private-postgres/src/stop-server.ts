import type { Clock, Logger } from "./private-server-options.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * SIGINT is a fast shutdown with a checkpoint, 0.1 s on an idle machine; SIGQUIT an immediate one, after which the next
 * start runs crash recovery. Each step gets its share of the whole deadline.
 */
const STEPS = [
  { signal: "SIGINT", share: 0.65 },
  { signal: "SIGQUIT", share: 0.25 },
  { signal: "SIGKILL", share: 0.1 },
] as const;

export interface StopOptions {
  readonly withinMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export async function stopServer(server: ServerProcess, { withinMs, clock, logger }: StopOptions): Promise<void> {
  for (const { signal, share } of STEPS) {
    const waitMs = Math.round(withinMs * share);
    server.signal(signal);
    if (await settlesWithin(clock, server.exited, waitMs)) return;
    logger.warn("private PostgreSQL did not stop in time", { pid: server.pid, signal, waitMs });
  }
}

async function settlesWithin(clock: Clock, promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  const settled = new AbortController();
  void promise.then(() => settled.abort());
  await clock.sleep(waitMs, settled.signal);
  return settled.signal.aborted;
}
