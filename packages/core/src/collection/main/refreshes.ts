import type { SeriesSnapshot } from "../../model/series-snapshot.ts";

type Refresh = PromiseWithResolvers<SeriesSnapshot | null>;

/** On-demand collections of a shard: whoever asks for the same instance shares one, until its snapshot has come or will not. */
export class Refreshes {
  readonly #open = new Map<number, Refresh>();
  /** Of the open ones, those that no tick has taken along yet. */
  readonly #waiting = new Set<number>();

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves to null when the snapshot will not come. */
  ask(id: number): Promise<SeriesSnapshot | null> {
    let refresh = this.#open.get(id);
    if (refresh === undefined) {
      refresh = Promise.withResolvers();
      this.#open.set(id, refresh);
      this.#waiting.add(id);
    }
    return refresh.promise;
  }

  /** What the next tick takes along. */
  take(): readonly number[] {
    const ids = [...this.#waiting];
    this.#waiting.clear();
    return ids;
  }

  settle(id: number, snapshot: SeriesSnapshot | null): void {
    this.#open.get(id)?.resolve(snapshot);
    this.#open.delete(id);
    this.#waiting.delete(id);
  }

  /** The thread is lost: nobody waits for another one. */
  settleAll(): void {
    for (const id of this.#open.keys()) this.settle(id, null);
  }
}
