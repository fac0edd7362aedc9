import { fstatSync, write } from "node:fs";
import type { Writable } from "node:stream";

/** Where the lines of the log go: it may be slow, full or gone, which costs lines, never the process. */
export interface LineOutput {
  /** Tells once whether the line was taken: at once, or when the kernel has answered. */
  write(line: string, settled: (isTaken: boolean) => void): void;
  /** Resolves when the kernel has answered for everything that was given, or the output is gone. */
  flush(): Promise<void>;
}

/** The output behind a standard stream and its descriptor. */
export function lineOutputOf(stream: Writable, descriptor = 1): LineOutput {
  const status = fstatSync(descriptor);
  return status.isFIFO() || status.isSocket() ? new StreamOutput(stream) : new FileOutput(descriptor);
}

/** A reader that does not read costs at most this much memory. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** The reader of a pipe went away (EPIPE) or the terminal was closed (EIO). Of everything else an output can recover. */
const FINAL_ERRORS = ["EIO", "EPIPE"];

/** To a pipe or a socket. Of these no error but a final one comes back: a full one is waited for. */
export class StreamOutput implements LineOutput {
  readonly #stream: Writable;
  #isGone = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => (this.#isGone = true));
    stream.on("close", () => (this.#isGone = true));
  }

  write(line: string, settled: (isTaken: boolean) => void): void {
    const isTaken = !this.#isGone && this.#stream.writableLength <= WAITING_BYTES_MAX;
    if (isTaken) this.#stream.write(`${line}\n`);
    settled(isTaken);
  }

  flush(): Promise<void> {
    if (this.#isGone || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        this.#stream.removeListener("close", finish);
        resolve();
      };
      this.#stream.once("close", finish);
      // Called after all earlier writes; with an error when the stream breaks first.
      this.#stream.write("", finish);
    });
  }
}

interface WaitingLine {
  readonly bytes: Buffer;
  readonly settled: (isTaken: boolean) => void;
}

/**
 * To a file or a terminal, one write at a time and off the main thread: a disk that hangs, or a terminal that was halted
 * with Ctrl-S, holds nobody up. A line that is refused (no space, over quota) is lost and the next one is tried.
 */
export class FileOutput implements LineOutput {
  readonly #descriptor: number;
  #waiting: WaitingLine[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  #isGone = false;
  /** The last write ended amid a line. */
  #isLineOpen = false;
  #whenIdle: (() => void)[] = [];

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(line: string, settled: (isTaken: boolean) => void): void {
    if (this.#isGone || this.#waitingBytes > WAITING_BYTES_MAX) return settled(false);
    const bytes = Buffer.from(`${line}\n`);
    this.#waiting.push({ bytes, settled });
    this.#waitingBytes += bytes.length;
    if (!this.#isWriting) this.#next();
  }

  flush(): Promise<void> {
    return this.#isWriting ? new Promise((resolve) => this.#whenIdle.push(resolve)) : Promise.resolve();
  }

  #next(): void {
    const lines = this.#waiting;
    this.#isWriting = lines.length > 0;
    if (!this.#isWriting) return this.#whenIdle.splice(0).forEach((resolve) => resolve());
    this.#waiting = [];
    const start = this.#isLineOpen ? [Buffer.from("\n")] : [];
    this.#writeAll(Buffer.concat([...start, ...lines.map(({ bytes }) => bytes)]), (written, error) => {
      if (error !== null && FINAL_ERRORS.includes(error.code ?? "")) this.#isGone = true;
      this.#settle(lines, written - (start[0]?.length ?? 0));
      this.#next();
    });
  }

  /** Tells how many bytes were taken, and what ended it when those were not all. */
  #writeAll(bytes: Buffer, done: (written: number, error: NodeJS.ErrnoException | null) => void, offset = 0): void {
    write(this.#descriptor, bytes, offset, bytes.length - offset, null, (error, written) => {
      const total = error === null ? offset + written : offset;
      if (error !== null || total === bytes.length) return done(total, error);
      this.#writeAll(bytes, done, total);
    });
  }

  #settle(lines: readonly WaitingLine[], written: number): void {
    let left = written;
    if (written >= 0) this.#isLineOpen = false;
    for (const { bytes, settled } of lines) {
      this.#waitingBytes -= bytes.length;
      if (left > 0 && left < bytes.length) this.#isLineOpen = true;
      settled(left >= bytes.length);
      left = Math.max(0, left - bytes.length);
    }
  }
}
