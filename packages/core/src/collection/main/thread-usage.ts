import { readFileSync, readlinkSync } from "node:fs";

/** How a thread spent its time since it began. What is missing, it was blocked. */
export interface ThreadUsage {
  readonly ranMs: number;
  /** Ready to run, while other threads had the processors. */
  readonly waitedMs: number;
}

/** The kernel's number of the calling thread; 0 where there is no such file. */
export function kernelThreadId(): number {
  try {
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return 0;
  }
}

/** Null when the kernel does not tell. These two files are the kernel's memory: reading them never blocks. */
export function readThreadUsage(kernelId: number): ThreadUsage | null {
  try {
    const [ranNs, waitedNs] = readFileSync(`/proc/self/task/${kernelId}/schedstat`, "latin1").split(" ").map(Number);
    return { ranMs: ranNs! / 1e6, waitedMs: waitedNs! / 1e6 };
  } catch {
    return null;
  }
}
