import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { codeOf, messageOf } from "../model/errors.ts";

export interface SmallFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Reads a configuration file. Null when there is none; throws an Error with a sentence when it cannot be read. */
export type ReadFile = (path: string) => SmallFile | null;

const BYTES_MAX = 1024 * 1024;

export const readSmallFile: ReadFile = (path) => {
  const descriptor = openIfThere(path);
  if (descriptor === null) return null;
  try {
    const { size, mode } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new Error("it is no regular file");
    if (size > BYTES_MAX) throw new Error(`it has ${size} bytes, wanted at most ${BYTES_MAX}`);
    const content = readFileSync(descriptor);
    if (!isUtf8(content)) throw new Error("it is not UTF-8");
    return { text: content.toString("utf8"), mode: mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
};

function openIfThere(path: string): number | null {
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw new Error(`it cannot be read (${codeOf(error) ?? messageOf(error)})`, { cause: error });
  }
}
