import type { TextStream } from "./process-context.ts";
import { formatBar } from "./format/bar.ts";

/** A bar on a terminal, redrawn in place; nothing in a pipe. */
export class Progress {
  readonly #stream: TextStream;
  readonly #total: number;

  constructor(stream: TextStream, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  show(done: number): void {
    if (this.#stream.isTTY) this.#stream.write(`\r${formatBar(done, this.#total)}`);
  }

  /** Leaves an empty line for the next output; idempotent. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }
}
