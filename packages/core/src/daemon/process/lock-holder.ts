import { readdirSync, readFileSync } from "node:fs";

/**
 * The process that holds a flock(2) on the file with this inode number; null when it is not visible (another user's, or in
 * another container). The kernel shows locks in `/proc/<pid>/fdinfo`; `/proc/locks` has the process that acquired the lock,
 * which may have exited while the file is still open elsewhere.
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

/** A process may exit and a file be closed meanwhile; those of other users are not visible. */
function orEmpty(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
