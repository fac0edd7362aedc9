import { closeSync, constants, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";
import { lastLines } from "./run-program.ts";

const TAIL_BYTES = 8192;

/**
 * The server's standard error. The server keeps its descriptor as long as it lives, longer than the daemon perhaps, so the
 * file is never replaced: when it is full its content moves to `<path>.1`, and lines written in between are lost.
 */
export class ServerLog {
  readonly path: string;
  readonly #bytesMax: number;

  constructor(path: string, bytesMax = 4 * 1024 * 1024) {
    this.path = path;
    this.#bytesMax = bytesMax;
  }

  /** A descriptor to append by; the caller closes it. */
  open(): number {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    return openSync(this.path, flags, 0o600);
  }

  trim(): void {
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#bytesMax) return;
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path, 0);
  }

  /** Size now: the mark that `since` reads on from. */
  get size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The last lines written after `mark`, in one line; empty when there are none. */
  since(mark: number): string {
    if (this.size <= mark) return "";
    const fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(mark, size - TAIL_BYTES);
      const buffer = Buffer.alloc(size - start);
      return lastLines(buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, start)));
    } finally {
      closeSync(fd);
    }
  }
}
