import { CloudMonitorError } from "../../../model/errors.ts";

/** Machines have a few thousand disks, interfaces or mounts at most; what is kept for each takes up to 3 KB. */
const KEYS_MAX = 50_000;

/**
 * What a collector caches for each item in a file (a device, a mount, a CPU): created when first seen, evicted at the end of
 * the first reading that no longer has it, so that it is never larger than the file. Throws `COLLECT_FAILED` beyond 50,000.
 */
export class KeyedCache<Value> {
  readonly #make: (key: string) => Value;
  readonly #dropped: (value: Value) => void;
  readonly #entries = new Map<string, { readonly value: Value; reading: number }>();
  #reading = 0;
  #seen = 0;

  constructor(make: (key: string) => Value, dropped: (value: Value) => void = () => {}) {
    this.#make = make;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= KEYS_MAX) {
        throw new CloudMonitorError("COLLECT_FAILED", `there are more than ${KEYS_MAX} names`);
      }
      entry = { value: this.#make(key), reading: -1 };
      this.#entries.set(key, entry);
    }
    if (entry.reading !== this.#reading) {
      entry.reading = this.#reading;
      this.#seen++;
    }
    return entry.value;
  }

  /** Call after the last get() of a reading. */
  endReading(): void {
    if (this.#seen < this.#entries.size) {
      for (const [key, entry] of this.#entries) {
        if (entry.reading === this.#reading) continue;
        this.#entries.delete(key);
        this.#dropped(entry.value);
      }
    }
    this.#reading++;
    this.#seen = 0;
  }
}
