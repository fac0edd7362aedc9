import type { Clock } from "../../model/clock.ts";
import type { Logger } from "../../model/logger.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * SIGINT is a fast stop with a checkpoint, 0.1 s on a quiet machine; SIGQUIT an immediate one, after which the next start
 * recovers. Together they stay under the daemon's own stop deadline of 10 s.
 */
const STEPS = [
  { signal: "SIGINT", waitMs: 6000 },
  { signal: "SIGQUIT", waitMs: 2000 },
  { signal: "SIGKILL", waitMs: 1000 },
] as const;

export async function endServer(server: ServerProcess, clock: Clock, logger: Logger): Promise<void> {
  for (const { signal, waitMs } of STEPS) {
    server.signal(signal);
    if (await settlesWithin(clock, server.exited, waitMs)) return;
    logger.warn("private PostgreSQL is still there after its time to stop", { pid: server.pid, signal, waitMs });
  }
}

function settlesWithin(clock: Clock, promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(waitMs, () => resolve(false));
    void promise.then(() => {
      cancel();
      resolve(true);
    });
  });
}
