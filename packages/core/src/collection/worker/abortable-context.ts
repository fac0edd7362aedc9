import type { CollectContext } from "../../model/collector.ts";

/** The context of one collection; its signal is created only for a collector that uses it. */
export class AbortableContext implements CollectContext {
  readonly occasion: CollectContext["occasion"];
  readonly wallMs: number;
  readonly monotonicMs: number;
  #controller: AbortController | null = null;

  constructor(occasion: CollectContext["occasion"], wallMs: number, monotonicMs: number) {
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
