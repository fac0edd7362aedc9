import { fstatSync } from "node:fs";
import { stat } from "node:fs/promises";
import { codeOf } from "../../model/errors.ts";
import { loadCLibrary } from "../../platform/c-library.ts";
import { openLogFile } from "./open-log-file.ts";

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/**
 * After a rotation: redirects standard output and error to the file that now has the name. The descriptors themselves are
 * replaced, since otherwise the old file would keep its space until the process exits. False when it is still the same
 * file; throws when the new one cannot be opened, and then the old one stays in use.
 */
export async function reopenLog(path: string): Promise<boolean> {
  if (await isOpenAlready(path)) return false;
  await using file = await openLogFile(path);
  const library = await loadCLibrary();
  for (const standard of [STANDARD_OUTPUT, STANDARD_ERROR]) library.duplicate(file.fd, standard);
  return true;
}

async function isOpenAlready(path: string): Promise<boolean> {
  const open = fstatSync(STANDARD_OUTPUT, { bigint: true });
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return dev === open.dev && ino === open.ino;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
