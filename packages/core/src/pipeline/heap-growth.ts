/** Below it V8's own bookkeeping may be the cause. */
const RISE_BYTES = 64 * 1024;
/** So much processor time after its last rise a heap still counts as growing: garbage collection interrupts the growth and the answers. */
const PATIENCE_MS = 500;

/** Whether a thread that makes no progress is filling its heap: then its memory limit will end it. */
export class HeapGrowth {
  #highestBytes: number | null = null;
  #roseAtMs: number | null = null;

  observe(usedBytes: number, ranMs: number): void {
    if (this.#highestBytes !== null && usedBytes < this.#highestBytes + RISE_BYTES) return;
    // A loop that makes garbage goes up and down: only a new height is growth.
    if (this.#highestBytes !== null) this.#roseAtMs = ranMs;
    this.#highestBytes = usedBytes;
  }

  isGrowing(ranMs: number): boolean {
    return this.#roseAtMs !== null && ranMs - this.#roseAtMs < PATIENCE_MS;
  }
}
