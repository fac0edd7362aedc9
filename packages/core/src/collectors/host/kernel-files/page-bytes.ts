import { endianness } from "node:os";
import { readFileSync } from "node:fs";

/** AT_PAGESZ of the auxiliary vector, see getauxval(3). */
const PAGE_SIZE = 6n;
const USUAL_BYTES = 4096;
let bytes: number | null = null;

/** Size of a memory page of the running kernel: 4 KiB on x86-64, up to 64 KiB on arm64. */
export function pageBytes(): number {
  bytes ??= pageBytesIn(auxiliaryVector()) ?? USUAL_BYTES;
  return bytes;
}

/** From pairs of a type and a value of 64 bits each; null when the type is missing. */
export function pageBytesIn(vector: Buffer): number | null {
  const read = (at: number) => (endianness() === "LE" ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at));
  for (let at = 0; at + 16 <= vector.length; at += 16) if (read(at) === PAGE_SIZE) return Number(read(at + 8));
  return null;
}

/** That of this process: the page size is the same for all. */
function auxiliaryVector(): Buffer {
  try {
    return readFileSync("/proc/self/auxv");
  } catch {
    return Buffer.alloc(0);
  }
}
