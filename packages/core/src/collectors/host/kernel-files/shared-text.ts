import type { CollectContext } from "../../../model/collector.ts";
import type { ProcFile } from "./proc-file.ts";

/** One file for several collectors, read once per reading. /proc/stat is the most expensive file, and two collectors need it. */
export class SharedText {
  readonly #file: ProcFile;
  #context: CollectContext | null = null;
  /** Time of the reading, since a reused context object would look like the same reading. */
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
