import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { thrownError } from "./thrown-error.ts";

const BYTES_MAX = 4096;

/**
 * The first 4 KiB of a file, null when it is missing. Links are refused: the folder belongs to the server's user, and a
 * daemon of root must not be led out of it.
 */
export function readSmallFile(path: string): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) throw new Error(`${path} is no regular file; move it away`);
      const buffer = Buffer.alloc(BYTES_MAX);
      return buffer.toString("utf8", 0, readSync(fd, buffer, 0, BYTES_MAX, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (thrownError(error).code === "ENOENT") return null;
    throw error;
  }
}
