import type { Writable } from "node:stream";

const BUFFER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Writes lines to a stream that may be slow, or gone: a reader that does not read costs at most 4 MiB, a closed terminal
 * (EIO) or pipe (EPIPE) costs the lines, never the process.
 */
export class LineOutput {
  readonly #stream: Writable;
  #isBroken = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => (this.#isBroken = true));
    stream.on("close", () => (this.#isBroken = true));
  }

  /** False when the line is lost: the caller counts it. */
  write(line: string): boolean {
    if (this.#isBroken || this.#stream.writableLength > BUFFER_BYTES_MAX) return false;
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Resolves when the kernel has everything that was written, or the stream is gone. */
  flush(): Promise<void> {
    if (this.#isBroken || this.#stream.writableLength === 0) return Promise.resolve();
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
