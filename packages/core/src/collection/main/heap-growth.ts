/** What a loop without an allocation may gain, by V8 compiling it. */
const GAIN_MIN_BYTES = 4 * 1024 * 1024;
/** Below it a new height is noise. */
const RISE_BYTES = 64 * 1024;
/** So much processor time after its last rise a heap still counts as growing: garbage collection interrupts growth and answers. */
const PATIENCE_MS = 500;

/** Whether a thread that makes no progress is filling its heap: then its memory limit will end it. */
export class HeapGrowth {
  #firstBytes: number | null = null;
  #highestBytes = 0;
  #roseAtMs = 0;

  /** `ranMs`: processor time of the thread. */
  observe(usedBytes: number, ranMs: number): void {
    this.#firstBytes ??= usedBytes;
    // A loop that makes garbage goes up and down: only a new height is growth.
    if (usedBytes < this.#highestBytes + RISE_BYTES) return;
    this.#highestBytes = usedBytes;
    this.#roseAtMs = ranMs;
  }

  isGrowing(ranMs: number): boolean {
    if (this.#firstBytes === null || this.#highestBytes - this.#firstBytes < GAIN_MIN_BYTES) return false;
    return ranMs - this.#roseAtMs < PATIENCE_MS;
  }
}
