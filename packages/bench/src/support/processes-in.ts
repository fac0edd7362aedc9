import { readdirSync, readlinkSync } from "node:fs";

/** Processes that work in a folder: those of the private PostgreSQL. */
export function processesIn(path: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && cwdOf(name).startsWith(path))
    .map(Number);
}

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
