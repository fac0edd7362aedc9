import { fstatSync, write } from "node:fs";
import type { Writable } from "node:stream";

/** The output of the log. If it is slow, full or closed, lines are lost, but the process is not affected. */
export interface LineOutput {
  /** Reports once whether the line was written: immediately, or when the write has completed. */
  write(line: string, settled: (isTaken: boolean) => void): void;
  /** Resolves when all writes have completed, or the output is closed. */
  flush(): Promise<void>;
}

/** The output for a standard stream and its descriptor. */
export function lineOutputOf(stream: Writable, descriptor = 1): LineOutput {
  const status = fstatSync(descriptor);
  return status.isFIFO() || status.isSocket() ? new StreamOutput(stream) : new FileOutput(descriptor);
}

/** Maximum memory for a reader that does not read. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** The reader of a pipe exited (EPIPE) or the terminal was closed (EIO). An output can recover from everything else. */
const FINAL_ERRORS = ["EIO", "EPIPE"];

/** To a pipe or a socket. They report only final errors: if they are full, writes wait. */
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
 * To a file or a terminal, one asynchronous write at a time: a disk that hangs, or a terminal stopped with Ctrl-S, blocks
 * nothing else. A line that cannot be written (no space, over quota) is lost, and the next one is tried.
 */
export class FileOutput implements LineOutput {
  readonly #descriptor: number;
  #waiting: WaitingLine[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  #isGone = false;
  /** The last write ended in the middle of a line. */
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

  /** Returns the number of bytes written, and the error if those were not all. */
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
