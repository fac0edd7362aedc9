import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Asks a process that a test started to end, and waits until it has; at once when it has already. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}
