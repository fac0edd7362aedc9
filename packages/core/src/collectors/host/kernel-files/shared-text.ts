import type { Reading } from "../../../model/collector.ts";
import type { ProcFile } from "./proc-file.ts";

/** One file for several collectors: read once a reading. /proc/stat is the dearest file of all, and two collectors want it. */
export class SharedText {
  readonly #file: ProcFile;
  #reading: Reading | null = null;
  /** Of the reading, lest one object that is used again looks like the same reading. */
  #atMs = 0;
  #text = "";

  constructor(file: ProcFile) {
    this.#file = file;
  }

  lines(reading: Reading): string {
    if (this.#reading === reading && this.#atMs === reading.monotonicMs) return this.#text;
    this.#reading = null;
    this.#text = this.#file.lines();
    this.#reading = reading;
    this.#atMs = reading.monotonicMs;
    return this.#text;
  }
}
