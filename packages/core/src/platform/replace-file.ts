import { constants } from "node:fs";
import { open, rename, rm, unlink } from "node:fs/promises";
import { codeOf } from "../model/errors.ts";

/**
 * Replaces a file as a whole (temporary file, fsync, rename): a crash leaves the old or the new one. Rejects with the error of
 * the system when it cannot be written; then the old one remains.
 */
export async function replaceFile(path: string, chunks: Iterable<string>): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await removeLeftover(temporary);
    await writeDurably(temporary, chunks);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** Left by a crash, or a symbolic link or FIFO in its place: none is written through. */
async function removeLeftover(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}

async function writeDurably(path: string, chunks: Iterable<string>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  await using file = await open(path, flags, 0o600);
  for (const chunk of chunks) await file.writeFile(chunk);
  await file.sync();
}
