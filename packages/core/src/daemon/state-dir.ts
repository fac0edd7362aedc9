import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CloudMonitorError, codeOf, messageOf } from "../model/errors.ts";

/** A state folder that this process alone may write to, until close() or its death. */
export interface StateDir {
  readonly path: string;
  /** Safe twice. Everything that writes to the folder has stopped before. */
  close(): void;
}

const FLOCK_TIMEOUT_MS = 5000;

/**
 * Makes the folder where it is missing and locks it. `STATE_DIR_UNWRITABLE`; `STATE_DIR_HELD` names the holder.
 *
 * The lock is a flock(2) on `<path>/lock`: the kernel drops it with its holder however that ends, so it is never stale,
 * and it holds between containers that share the folder, which process ids and abstract sockets do not.
 * Node has no call for it, but a flock belongs to the open file and not to the process: the program `flock` locks our
 * descriptor, ends (2 ms), and the lock stays with us. The file is never removed: two daemons could then lock two files.
 */
export function openStateDir(path: string): StateDir {
  const fd = openLockFile(path);
  try {
    if (!lock(fd)) throw held(path, fd);
    const record = `${process.pid}\n`;
    ftruncateSync(fd);
    writeSync(fd, record, 0);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let open = true;
  return {
    path,
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function openLockFile(path: string): number {
  try {
    mkdirSync(path, { recursive: true });
    return openSync(join(path, "lock"), constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
  } catch (error) {
    throw new CloudMonitorError(
      "STATE_DIR_UNWRITABLE",
      `the state folder ${path} cannot be written (${messageOf(error)}); give it to this user, or choose another with STATE_DIR`,
      { cause: error },
    );
  }
}

/** False when another process has it. */
function lock(fd: number): boolean {
  const { status, error } = spawnSync("flock", ["--exclusive", "--nonblock", "3"], {
    stdio: ["ignore", "ignore", "ignore", fd],
    timeout: FLOCK_TIMEOUT_MS,
  });
  if (error === undefined && (status === 0 || status === 1)) return status === 0;
  const found = codeOf(error) === "ENOENT" ? "the program flock was not found" : `flock failed (${status ?? error})`;
  throw new CloudMonitorError(
    "STATE_DIR_UNWRITABLE",
    `the state folder cannot be locked: ${found}; install util-linux, and keep STATE_DIR on a file system with locks`,
    { cause: error },
  );
}

function held(path: string, fd: number): CloudMonitorError {
  const buffer = Buffer.alloc(Math.min(fstatSync(fd).size, 32));
  const pid = buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, 0)).trim();
  const holder = pid === "" ? "another daemon" : `the daemon with process id ${pid}`;
  return new CloudMonitorError(
    "STATE_DIR_HELD",
    `the state folder ${path} is held by ${holder}; stop it, or choose another folder with STATE_DIR`,
  );
}
