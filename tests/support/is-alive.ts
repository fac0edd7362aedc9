import { readFileSync } from "node:fs";

/** Whether a process still runs. A zombie does not: an orphan waits for process 1, which may be late to reap it. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
