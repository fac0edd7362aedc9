import type { CollectContext } from "../../../model/collector.ts";

/** A value that rarely changes, read again only when the last reading is `periodMs` old. */
export class RereadAfter<Value> {
  readonly #periodMs: number;
  readonly #read: () => Value;
  #last: { readonly value: Value; readonly atMs: number } | null = null;

  constructor(periodMs: number, read: () => Value) {
    this.#periodMs = periodMs;
    this.#read = read;
  }

  /** An error is thrown and not cached: the next call reads again. */
  get(context: CollectContext): Value {
    const last = this.#last;
    if (last !== null && context.monotonicMs - last.atMs < this.#periodMs) return last.value;
    this.#last = null;
    const value = this.#read();
    this.#last = { value, atMs: context.monotonicMs };
    return value;
  }
}
