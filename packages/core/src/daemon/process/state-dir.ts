import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CloudMonitorError, codeOf, messageOf } from "../../model/errors.ts";
import { lockHolder } from "./lock-holder.ts";

/** A state folder locked by this process, until close() or its exit. */
export interface StateDir {
  readonly path: string;
  /** A warning about the folder's mode or owner, for the log; null when there is none. */
  readonly warning: string | null;
  /** Idempotent. Call it after everything that writes to the folder has stopped. */
  close(): void;
}

const FLOCK_TIMEOUT_MS = 5000;
const OPEN_TO_OTHERS = 0o077;
/** File names that identify a folder as a daemon's own. */
const OUR_FILES = ["lock", "instances.json", "cloud-monitor.pid", "cloud-monitor.log", "postgres", "postgres.log"];

/**
 * Creates the folder if it is missing, makes it inaccessible to other users, and locks it. Throws `STATE_DIR_UNWRITABLE`, or
 * `STATE_DIR_HELD` with the owner of the lock.
 *
 * The lock is a flock(2) on the folder itself: no file in it can be deleted or replaced to let a second daemon in, every
 * path to the folder has the same lock, the kernel releases it when its owner dies, and it works between containers that
 * share the folder. Node has no call for it, but a flock belongs to the open file and not to the process: the program
 * `flock` locks our descriptor and exits (2 ms), and we keep the lock.
 */
export function openStateDir(path: string): StateDir {
  const descriptors = [openFolder(path)];
  const close = () => descriptors.splice(0).forEach((descriptor) => closeSync(descriptor));
  try {
    lockFolder(path, descriptors);
    return { path, warning: closeToOthers(path, descriptors[0]!), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Creates a folder that only its owner may access; missing parents get the usual mode. */
export function makePrivateFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function openFolder(path: string): number {
  try {
    makePrivateFolder(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw unwritable(
      `the state folder ${path} cannot be written (${messageOf(error)}); make this user its owner, or choose another with STATE_DIR`,
      error,
    );
  }
}

function lockFolder(path: string, descriptors: number[]): void {
  let outcome = flock(descriptors[0]!);
  if (outcome === "unsupported") {
    // NFS cannot lock folders, only files that are open for writing.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptors.push(openSync(join(path, "lock"), flags, 0o600));
    outcome = flock(descriptors[1]!);
  }
  if (outcome === "unsupported") {
    throw unwritable(
      `the state folder ${path} cannot be locked; keep STATE_DIR on a file system with locks (flock)`,
      null,
    );
  }
  if (outcome === "held") throw held(path, descriptors.at(-1)!);
}

/** By the exit codes of flock(1). */
function flock(descriptor: number): "locked" | "held" | "unsupported" {
  const { status, error } = spawnSync("flock", ["-x", "-n", "3"], {
    stdio: ["ignore", "ignore", "ignore", descriptor],
    timeout: FLOCK_TIMEOUT_MS,
  });
  if (status === 0) return "locked";
  if (status === 1) return "held";
  if (error === undefined) return "unsupported";
  const found =
    codeOf(error) === "ENOENT" ? "the program flock was not found" : `flock did not end (${messageOf(error)})`;
  throw unwritable(
    `the state folder cannot be locked: ${found}; install util-linux, and keep STATE_DIR on a file system with locks`,
    error,
  );
}

/**
 * Like initdb: a folder that is empty or clearly ours gets the required mode. One with other files (a mistyped
 * STATE_DIR=/var/lib) must keep its mode, so the start is refused. A folder of another user, like a volume of a container
 * platform, cannot be changed, which causes a warning.
 */
function closeToOthers(path: string, descriptor: number): string | null {
  const { mode, uid } = fstatSync(descriptor);
  if ((mode & OPEN_TO_OTHERS) === 0) return null;
  const found = `the state folder ${path} was accessible to other users (mode 0${(mode & 0o7777).toString(8)})`;
  const ownUid = process.geteuid?.() ?? uid;
  if (uid !== ownUid && ownUid !== 0) return `${found} and belongs to user id ${uid}, so its mode stays`;
  if (!isOurs(path)) {
    throw unwritable(
      `${found} and contains files that are not a daemon's state; choose a folder of its own with STATE_DIR, or chmod 700 it`,
      null,
    );
  }
  chmodSync(path, 0o700);
  return `${found}; it is now 0700`;
}

function isOurs(path: string): boolean {
  const names = readdirSync(path);
  return names.length === 0 || OUR_FILES.some((name) => names.includes(name));
}

function held(path: string, descriptor: number): CloudMonitorError {
  const pid = lockHolder(fstatSync(descriptor).ino);
  const holder = pid === null ? "another daemon" : `the daemon with process id ${pid}`;
  return new CloudMonitorError(
    "STATE_DIR_HELD",
    `the state folder ${path} is in use by ${holder}; stop it, or choose another folder with STATE_DIR`,
  );
}

function unwritable(message: string, cause: unknown): CloudMonitorError {
  return new CloudMonitorError("STATE_DIR_UNWRITABLE", message, cause === null ? {} : { cause });
}
