import { isUtf8 } from "node:buffer";
import { codeOf } from "../model/errors.ts";
import { readRegularFile } from "./read-regular-file.ts";
import type { RegularFile } from "./read-regular-file.ts";

export interface SmallFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Reads a configuration file. Null when there is none; throws an Error with an explanation when it cannot be read. */
export type ReadFile = (path: string) => SmallFile | null;

/** Whether everyone may read a file with a secret. Docker mounts its secrets with mode 0444, inside one container. */
export function isExposed(path: string, mode: number): boolean {
  return (mode & 0o004) !== 0 && !/^(?:\/var)?\/run\/secrets\//.test(path);
}

const BYTES_MAX = 1024 * 1024;

export const readSmallFile: ReadFile = (path) => {
  const file = read(path);
  if (file === null) return null;
  if (!isUtf8(file.bytes)) throw new Error("it is not UTF-8");
  return { text: file.bytes.toString("utf8"), mode: file.mode };
};

function read(path: string): RegularFile | null {
  try {
    return readRegularFile(path, { bytesMax: BYTES_MAX, followLinks: true });
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new Error(`it cannot be read (${code})`, { cause: error });
  }
}
