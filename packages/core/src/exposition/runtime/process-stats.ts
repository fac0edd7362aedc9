import { readdirSync, readFileSync, statSync } from "node:fs";

/** The kernel's figures of this process; null where they could not be read. */
export interface ProcessStats {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapCommittedBytes: number;
  readonly virtualBytes: number | null;
  readonly maxVirtualBytes: number | null;
  readonly openFds: number | null;
  readonly maxFds: number | null;
}

/** Reads `folder` (/proc/self) synchronously: the kernel returns at once, and the thread pool may be blocked by a hung mount. */
export function readProcessStats(folder = "/proc/self"): ProcessStats {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  const limits = orNull(() => readFileSync(`${folder}/limits`, "latin1")) ?? "";
  return {
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    residentBytes: memory.rss,
    heapUsedBytes: memory.heapUsed,
    heapCommittedBytes: memory.heapTotal,
    virtualBytes: orNull(() => parseVirtualBytes(readFileSync(`${folder}/status`, "latin1"))),
    openFds: orNull(() => countFds(`${folder}/fd`)),
    maxVirtualBytes: parseMaxVirtualBytes(limits),
    maxFds: parseMaxFds(limits),
  };
}

/** Since Linux 6.2 the folder's size is their number (proc_pid_fd(5)): 2 us instead of 25; before, it is 0. */
function countFds(folder: string): number {
  const { size } = statSync(folder);
  // The listing itself has one descriptor open.
  return size > 0 ? size : readdirSync(folder).length - 1;
}

/** VmSize of /proc/pid/status, which is in KiB (Documentation/filesystems/proc.rst). */
export function parseVirtualBytes(status: string): number | null {
  const kibibytes = /^VmSize:\s*(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** The soft limit; `unlimited` is RLIM_INFINITY (getrlimit(2)), as in other exporters. */
export function parseMaxVirtualBytes(limits: string): number | null {
  const soft = /^Max address space\s+(\d+|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === "unlimited" ? 2 ** 64 - 1 : Number(soft);
}

/** The soft limit; `unlimited` is not a number. */
export function parseMaxFds(limits: string): number | null {
  const soft = /^Max open files\s+(\d+)\s/m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** A family that cannot be read is absent from the response. */
function orNull<Value>(read: () => Value | null): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
