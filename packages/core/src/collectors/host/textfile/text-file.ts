import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { codeOf, messageOf } from "../../../model/errors.ts";
import { parseExpositionText } from "../../exposition-text/parse-exposition-text.ts";
import type { TextFamily } from "../../exposition-text/parse-exposition-text.ts";
import { bytesOf, textOf } from "../kernel-files/byte-name.ts";

/** A larger file is refused: it is parsed in the thread that other instances share. */
export const TEXT_FILE_BYTES_MAX = 4 * 1024 * 1024;
const NANOSECONDS = 1e9;
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What one file says, or why it cannot be served. */
export interface TextFile {
  /** See byte-name.ts. */
  readonly path: string;
  /** Seconds since 1970. */
  readonly modifiedSeconds: number;
  readonly families: readonly TextFamily[];
  /** Null for a valid file; one with a problem has no families. */
  readonly problem: string | null;
}

/** Reads a file's contents only when it has changed. Never blocks on a FIFO. */
export class TextFileReader {
  readonly #known = new Map<string, { readonly stamp: string; readonly file: TextFile }>();

  read(path: string): TextFile {
    let descriptor: number | null = null;
    try {
      descriptor = openSync(bytesOf(path), FLAGS);
      const stats = fstatSync(descriptor, { bigint: true });
      const stamp = stampOf(stats);
      const known = this.#known.get(path);
      if (known?.stamp === stamp) return known.file;
      const file = parseFile(path, stats, descriptor);
      this.#known.set(path, { stamp, file });
      return file;
    } catch (error) {
      return unreadable(path, `cannot be read: ${codeOf(error) ?? messageOf(error)}`);
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  }

  /** Forgets all files but these. */
  keep(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }
}

/** A file from its bytes, one character per byte. */
export function parseTextFile(path: string, modifiedSeconds: number, bytes: string): TextFile {
  try {
    const families = parseExpositionText(decode(bytes));
    const timed = families.flatMap(({ series }) => series).find(({ timestamp }) => timestamp !== null);
    if (timed !== undefined) return unreadable(path, `has timestamps, as of ${timed.name}; wanted none`);
    return { path, modifiedSeconds, families, problem: null };
  } catch (error) {
    return unreadable(path, messageOf(error));
  }
}

export function unreadable(path: string, problem: string): TextFile {
  return { path, modifiedSeconds: Number.NaN, families: [], problem: `${textOf(path)}: ${problem}` };
}

function parseFile(path: string, stats: BigIntStats, descriptor: number): TextFile {
  if (!stats.isFile()) return unreadable(path, "is not a regular file");
  if (stats.size > BigInt(TEXT_FILE_BYTES_MAX)) return unreadable(path, `has over ${TEXT_FILE_BYTES_MAX} bytes`);
  return parseTextFile(path, Number(stats.mtimeNs) / NANOSECONDS, readAll(descriptor, Number(stats.size)));
}

/** A file that grows or shrinks meanwhile ends within a line, or is read again next time. */
function readAll(descriptor: number, size: number): string {
  const buffer = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, buffer, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return buffer.toString("latin1", 0, length);
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: string): string {
  try {
    return UTF_8.decode(bytesOf(bytes));
  } catch {
    throw new Error("is not valid UTF-8");
  }
}
