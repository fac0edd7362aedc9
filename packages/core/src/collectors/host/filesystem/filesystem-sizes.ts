import { statfsSync } from "node:fs";
// The default export: an older Node, which lacks the function, must be able to load this to report the required version.
import util from "node:util";
import { codeOf, messageOf } from "../../../model/errors.ts";

export interface FilesystemSizes {
  readonly sizeBytes: number;
  readonly freeBytes: number;
  /** Space available to users other than root. */
  readonly availBytes: number;
  readonly files: number;
  readonly filesFree: number;
}

/** The sizes of a local mount, or the C library's message why there are none. A remote mount could hang here forever. */
export function readFilesystemSizes(path: Buffer): FilesystemSizes | string {
  try {
    const { frsize, blocks, bfree, bavail, files, ffree } = statfsSync(path);
    return sizesOf([frsize, blocks, bfree, bavail, files, ffree]);
  } catch (error) {
    return wordsOf(error);
  }
}

/** Parses the output of `stat -f -c '%S %b %f %a %c %d'`; null for any other text. */
export function parseStatOutput(text: string): FilesystemSizes | null {
  const match = /^(\d{1,20}) (\d{1,20}) (\d{1,20}) (\d{1,20}) (\d{1,20}) (\d{1,20})$/.exec(text);
  return match === null ? null : sizesOf(match.slice(1, 7).map(Number));
}

/** Used share as in df, of used and available space: 0 to 100, or null for a filesystem of size 0. */
export function usedPercent(sizes: FilesystemSizes): number | null {
  const used = sizes.sizeBytes - sizes.freeBytes;
  const whole = used + sizes.availBytes;
  return used >= 0 && whole > 0 ? (100 * used) / whole : null;
}

function sizesOf(numbers: readonly number[]): FilesystemSizes {
  // Blocks are counted in the fundamental size; f_bsize is only the preferred transfer size and differs on FUSE.
  const [block = 0, blocks = 0, free = 0, avail = 0, files = 0, filesFree = 0] = numbers;
  return {
    sizeBytes: blocks * block,
    freeBytes: free * block,
    availBytes: avail * block,
    files,
    filesFree,
  };
}

function wordsOf(error: unknown): string {
  const errno = typeof error === "object" && error !== null && "errno" in error ? error.errno : undefined;
  return typeof errno === "number" ? util.getSystemErrorMessage(errno) : (codeOf(error) ?? messageOf(error));
}
