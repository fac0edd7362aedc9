import { readdirSync, readFileSync } from "node:fs";

/**
 * The process that holds a flock(2) on the file with this inode number; null when it cannot be seen (another user's, or in
 * another container). The kernel notes locks in `/proc/<pid>/fdinfo`; `/proc/locks` names the process that took the lock,
 * which may be gone while the open file lives on.
 */
export function lockHolder(inode: number): number | null {
  const lock = new RegExp(`^lock:.*\\bFLOCK\\b.*:${inode} `, "m");
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const holder = pids.find((pid) => fdInfos(pid).some((info) => lock.test(info)));
  return holder === undefined ? null : Number(holder);
}

function fdInfos(pid: string): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  return orEmpty(() => readdirSync(folder)).flatMap((fd) => orEmpty(() => [readFileSync(`${folder}/${fd}`, "utf8")]));
}

/** A process may end and a file be closed while we look; those of other users are not shown. */
function orEmpty(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
