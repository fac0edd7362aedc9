import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Terminates a process started by a test and waits for its exit; returns at once if it has exited. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}
