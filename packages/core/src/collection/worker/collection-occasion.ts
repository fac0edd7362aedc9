import type { Reading } from "../../model/collector.ts";

/** The occasion of one collection; its signal is made only for a collector that asks for it. */
export class CollectionOccasion implements Reading {
  readonly occasion: Reading["occasion"];
  readonly wallMs: number;
  readonly monotonicMs: number;
  #controller: AbortController | null = null;

  constructor(occasion: Reading["occasion"], wallMs: number, monotonicMs: number) {
    this.occasion = occasion;
    this.wallMs = wallMs;
    this.monotonicMs = monotonicMs;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller?.abort();
  }
}
