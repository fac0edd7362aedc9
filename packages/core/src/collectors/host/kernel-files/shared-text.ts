import type { CollectContext } from "../../../model/collector.ts";
import type { ProcFile } from "./proc-file.ts";

/** One file for several collectors: read once a reading. /proc/stat is the dearest file of all, and two collectors want it. */
export class SharedText {
  readonly #file: ProcFile;
  #context: CollectContext | null = null;
  /** Of the reading, lest one object that is used again looks like the same reading. */
  #atMs = 0;
  #text = "";

  constructor(file: ProcFile) {
    this.#file = file;
  }

  lines(context: CollectContext): string {
    if (this.#context === context && this.#atMs === context.monotonicMs) return this.#text;
    this.#context = null;
    this.#text = this.#file.lines();
    this.#context = context;
    this.#atMs = context.monotonicMs;
    return this.#text;
  }
}
