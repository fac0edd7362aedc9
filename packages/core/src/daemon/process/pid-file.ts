import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { readSmallFile } from "../../platform/read-small-file.ts";
import { CloudMonitorError, codeOf, messageOf } from "../../model/errors.ts";

/** Temporary errors: on a full disk the daemon starts without the file. */
const PASSING_ERRORS = ["ENOSPC", "EDQUOT", "EIO"];

/**
 * Writes this process's id atomically: init scripts read it at any time. Returns the reason if there is none because the
 * disk is full or fails, else null; throws `STATE_DIR_UNWRITABLE` for permanent errors.
 */
export function writePidFile(path: string): string | null {
  const fresh = `${path}.${process.pid}`;
  try {
    rmSync(fresh, { force: true });
    const fd = openSync(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
    writeSync(fd, `${process.pid}\n`);
    closeSync(fd);
    renameSync(fresh, path);
    return null;
  } catch (error) {
    rmSync(fresh, { force: true });
    if (PASSING_ERRORS.includes(codeOf(error) ?? "")) return messageOf(error);
    throw new CloudMonitorError(
      "STATE_DIR_UNWRITABLE",
      `the PID file ${path} cannot be written (${messageOf(error)}); give its folder to this user, or choose another place`,
      { cause: error },
    );
  }
}

/** Removes it if it is still ours; another daemon may use the same path. */
export async function removePidFile(path: string): Promise<void> {
  if (readPid(path) === process.pid) await rm(path, { force: true });
}

function readPid(path: string): number | null {
  try {
    return Number.parseInt(readSmallFile(path)?.text ?? "", 10);
  } catch {
    // A folder, a FIFO, or not readable: not written by us.
    return null;
  }
}
