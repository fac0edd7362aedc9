import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { open } from "node:fs/promises";
import { codeOf } from "../model/errors.ts";

export interface ReadRules {
  /** A larger file is refused, not truncated. */
  readonly bytesMax: number;
  /** Whether its name may be a symbolic link. */
  readonly followLinks: boolean;
}

export interface RegularFile {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * A whole file, or null when there is none. Throws when it cannot be opened (with the system's code), is not a regular file
 * or is too large. Never waits for the other end of a FIFO.
 */
export function readRegularFile(path: string, rules: ReadRules): RegularFile | null {
  const descriptor = nullIfMissing(() => openSync(path, flagsOf(rules)));
  if (descriptor === null) return null;
  try {
    const mode = checkedMode(fstatSync(descriptor), rules);
    return { bytes: readFileSync(descriptor), mode };
  } finally {
    closeSync(descriptor);
  }
}

/** The same, asynchronously. */
export async function readRegularFileLater(path: string, rules: ReadRules): Promise<RegularFile | null> {
  try {
    await using file = await open(path, flagsOf(rules));
    const mode = checkedMode(await file.stat(), rules);
    return { bytes: await file.readFile(), mode };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function nullIfMissing<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function flagsOf({ followLinks }: ReadRules): number {
  // Without O_NONBLOCK, opening a FIFO waits for a writer forever.
  return constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW);
}

function checkedMode(status: Stats, { bytesMax }: ReadRules): number {
  if (!status.isFile()) throw new Error("it is no regular file");
  if (status.size > bytesMax) throw new Error(`it has ${status.size} bytes, wanted at most ${bytesMax}`);
  return status.mode & 0o777;
}
