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
import { reasonIn } from "./server-reason.ts";

/** Early clients fill a few of them before the server says why it ends. */
const TAIL_BYTES = 65_536;

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
    return openRegular(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  }

  trim(): void {
    if (this.size <= this.#bytesMax) return;
    const older = `${this.path}.1`;
    // Whatever lies there, a link or a FIFO, is not written through.
    rmSync(older, { force: true });
    copyFileSync(this.path, older, constants.COPYFILE_EXCL);
    const fd = this.open();
    ftruncateSync(fd);
    closeSync(fd);
  }

  /** Size now: the mark that `since` reads on from. */
  get size(): number {
    return lstatSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Why the server failed, by what it wrote after `mark`, in one line; empty when it wrote nothing. */
  since(mark: number): string {
    if (this.size <= mark) return "";
    const fd = openRegular(this.path, constants.O_RDONLY);
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(mark, size - TAIL_BYTES);
      const buffer = Buffer.alloc(size - start);
      return reasonIn(buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, start)));
    } finally {
      closeSync(fd);
    }
  }
}

/** Opening a FIFO would wait for its other end for ever, with the whole daemon. */
function openRegular(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is no regular file; move it away`);
}
