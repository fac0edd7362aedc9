/** Growth of a loop without allocations, from V8 compiling it. */
const GAIN_MIN_BYTES = 4 * 1024 * 1024;
/** A smaller new maximum is noise. */
const RISE_BYTES = 64 * 1024;
/** CPU time after its last growth during which a heap still counts as growing: garbage collection interrupts both growth and responses. */
const PATIENCE_MS = 500;

/** Whether a thread without progress is filling its heap: then its memory limit will terminate it. */
export class HeapGrowth {
  #firstBytes: number | null = null;
  #highestBytes = 0;
  #roseAtMs = 0;

  /** `ranMs`: CPU time of the thread. */
  observe(usedBytes: number, ranMs: number): void {
    this.#firstBytes ??= usedBytes;
    // The heap of a loop that produces garbage goes up and down: only a new maximum is growth.
    if (usedBytes < this.#highestBytes + RISE_BYTES) return;
    this.#highestBytes = usedBytes;
    this.#roseAtMs = ranMs;
  }

  isGrowing(ranMs: number): boolean {
    if (this.#firstBytes === null || this.#highestBytes - this.#firstBytes < GAIN_MIN_BYTES) return false;
    return ranMs - this.#roseAtMs < PATIENCE_MS;
  }
}
