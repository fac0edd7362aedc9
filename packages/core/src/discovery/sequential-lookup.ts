/**
 * A lookup for keys that come in about the order in which they were given: most are found where they are expected. A Map of
 * 100,000 objects takes longer to fill than what changed among them takes to find.
 */
export class SequentialLookup<K, V> {
  readonly #keys: readonly K[];
  readonly #values: readonly V[];
  readonly #missesAllowed: number;
  #expected = 0;
  #misses = 0;
  #positions: ReadonlyMap<K, number> | null = null;

  /** After up to `missesAllowed` keys in a row that are not where they are expected, they are looked for everywhere. */
  constructor(keys: readonly K[], values: readonly V[], missesAllowed = 0) {
    this.#keys = keys;
    this.#values = values;
    this.#missesAllowed = missesAllowed;
  }

  /** Undefined for an unknown key, and for a miss that is allowed. */
  get(key: K): V | undefined {
    const position = this.#keys[this.#expected] === key ? this.#expected : this.#elsewhere(key);
    if (position === undefined) {
      if (this.#missesAllowed > 0) this.#expected++;
      return undefined;
    }
    this.#misses = 0;
    this.#expected = position + 1;
    return this.#values[position];
  }

  #elsewhere(key: K): number | undefined {
    if (this.#misses < this.#missesAllowed) {
      this.#misses++;
      return undefined;
    }
    this.#positions ??= new Map(this.#keys.map((each, position) => [each, position]));
    return this.#positions.get(key);
  }
}
