import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { CloudMonitorError, messageOf } from "../model/errors.ts";
import { makePrivateFolder } from "./state-dir.ts";

/** A descriptor that appends to the log file, which is made where it is missing. `STATE_DIR_UNWRITABLE`. */
export function openLogFile(path: string): number {
  try {
    makePrivateFolder(dirname(path));
    return openForAppending(path);
  } catch (error) {
    throw new CloudMonitorError(
      "STATE_DIR_UNWRITABLE",
      `the log file ${path} cannot be written (${messageOf(error)}); give it to this user, or choose another with --log-file`,
      { cause: error },
    );
  }
}

function openForAppending(path: string): number {
  // Without O_NONBLOCK, opening a FIFO waits for a reader for ever.
  const flags =
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(path, flags, 0o640);
  const status = fstatSync(descriptor);
  if (status.isFile() || status.isCharacterDevice()) return descriptor;
  closeSync(descriptor);
  throw new Error("it is neither a regular file nor a character device");
}
