import { closeSync, constants, fchmodSync, fchownSync, fstatSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { PrivatePostgresError } from "./private-postgres-error.ts";
import { readSmallFile } from "./read-small-file.ts";
import { serverAccount } from "./server-account.ts";
import type { ServerAccount } from "./server-account.ts";
import { toError } from "./to-error.ts";

/** sun_path of unix(7) holds 108 bytes, the closing zero included. */
const SOCKET_PATH_BYTES_MAX = 107;
export const SERVER_PORT = 5432;

/**
 * `<stateDir>/postgres`, mode 0700, owned by the server's user: it holds the data (`data`) and the socket.
 * Its programs inherit it as descriptor 3: their user may lack access to a parent directory (/root), which a descriptor does
 * not need, and it avoids the length limit of socket paths.
 */
export interface ServerFolder {
  readonly path: string;
  readonly fd: number;
  /** Null: the server runs as the daemon does. */
  readonly account: ServerAccount | null;
  /** What clients of this process connect to: the path, or this process's descriptor where the path is too long. */
  readonly socketHost: string;
}

/** The folder's path in the server's programs. */
export const FOLDER_IN_CHILD = "/proc/self/fd/3";

/** Creates the folder if it is missing; its parents keep their modes. */
export function openServerFolder(stateDir: string): ServerFolder {
  const path = join(stateDir, "postgres");
  mkdirSync(stateDir, { recursive: true });
  makeFolder(path);
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const account = claimFolder(path, fd);
    const pathFits = Buffer.byteLength(join(path, `.s.PGSQL.${SERVER_PORT}`)) <= SOCKET_PATH_BYTES_MAX;
    return { path, fd, account, socketHost: pathFits ? path : `/proc/self/fd/${fd}` };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Major version of the data; null when there is none yet. */
export function dataMajorOf(folder: ServerFolder): number | null {
  const text = readSmallFile(join(folder.path, "data", "PG_VERSION"));
  if (text === null) return null;
  const major = Number.parseInt(text, 10);
  if (Number.isInteger(major)) return major;
  throw new PrivatePostgresError(
    "DATA_INCOMPATIBLE",
    `${join(folder.path, "data", "PG_VERSION")} has no version number; restore the folder, or move it away to start with an empty database`,
  );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (toError(error).code !== "EEXIST") throw error;
  }
}

function claimFolder(path: string, fd: number): ServerAccount | null {
  const ownerUid = fstatSync(fd).uid;
  const account = serverAccount(ownerOf(join(path, "data")) ?? (ownerUid === 0 ? null : ownerUid));
  const uid = process.getuid?.();
  if (account === null && ownerUid !== uid) {
    throw new PrivatePostgresError(
      "FOLDER_NOT_OWNED",
      `${path} belongs to user id ${ownerUid}, this daemon runs as ${uid}; run it as that user`,
    );
  }
  if (account !== null) fchownSync(fd, account.uid, account.gid);
  fchmodSync(fd, 0o700);
  return account;
}

function ownerOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.uid ?? null;
}
