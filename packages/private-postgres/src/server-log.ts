import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
} from "node:fs";
import { failureReason } from "./failure-reason.ts";

/** Connection attempts during startup log some of it before the server logs why it exits. */
const TAIL_BYTES = 65_536;

/**
 * The server's standard error. The server keeps its descriptor until it exits, perhaps longer than the daemon runs, so the
 * file is rotated by copy and truncate: its content goes to `<path>.1`, and lines written in between are lost.
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
    return openRegular(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  }

  /** Does nothing while the file is within its limit. */
  rotate(): void {
    if (this.size <= this.#bytesMax) return;
    const previous = `${this.path}.1`;
    // A link or a FIFO in its place is never written through.
    rmSync(previous, { force: true });
    copyFileSync(this.path, previous, constants.COPYFILE_EXCL);
    const fd = this.open();
    ftruncateSync(fd);
    closeSync(fd);
  }

  /** Current size: the offset for a later `since`. */
  get size(): number {
    return lstatSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Why the server failed, taken from what it logged after `offset`, in one line; empty when it logged nothing. */
  since(offset: number): string {
    if (this.size <= offset) return "";
    const fd = openRegular(this.path, constants.O_RDONLY);
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(offset, size - TAIL_BYTES);
      const buffer = Buffer.alloc(size - start);
      return failureReason(buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, start)));
    } finally {
      closeSync(fd);
    }
  }
}

/** Opening a FIFO would block the whole daemon until somebody opens its other end. */
function openRegular(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a regular file; move it away`);
}
