import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { toError } from "./to-error.ts";

const BYTES_MAX = 4096;

/**
 * The first 4 KiB of a file, null when it is missing. Symbolic links are refused: the folder belongs to the server's user,
 * who must not be able to lead a daemon that runs as root out of it.
 */
export function readSmallFile(path: string): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a regular file; move it away`);
      const buffer = Buffer.alloc(BYTES_MAX);
      return buffer.toString("utf8", 0, readSync(fd, buffer, 0, BYTES_MAX, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (toError(error).code === "ENOENT") return null;
    throw error;
  }
}
