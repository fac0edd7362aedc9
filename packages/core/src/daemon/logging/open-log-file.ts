import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { CloudMonitorError, messageOf } from "../../model/errors.ts";
import { makePrivateFolder } from "../process/state-dir.ts";

/** Opens the log file for appending; creates it if it is missing. Throws `STATE_DIR_UNWRITABLE`. */
export async function openLogFile(path: string): Promise<FileHandle> {
  try {
    makePrivateFolder(dirname(path));
    return await openForAppending(path);
  } catch (error) {
    throw new CloudMonitorError(
      "STATE_DIR_UNWRITABLE",
      `the log file ${path} cannot be written (${messageOf(error)}); make this user its owner, or choose another with --log-file`,
      { cause: error },
    );
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a FIFO waits for a reader forever.
  const flags =
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags, 0o640);
  const status = await file.stat();
  if (status.isFile() || status.isCharacterDevice()) return file;
  await file.close();
  throw new Error("it is neither a regular file nor a character device");
}
