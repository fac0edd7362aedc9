import type { SeriesSnapshot } from "../../model/series-snapshot.ts";

type Refresh = PromiseWithResolvers<SeriesSnapshot | null>;

/** On-demand collections of a shard: callers for the same instance share one, until its snapshot arrives or is known not to. */
export class Refreshes {
  readonly #open = new Map<number, Refresh>();
  /** The pending ones that no tick has carried yet. */
  readonly #waiting = new Set<number>();

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves to null when there will be no snapshot. */
  ask(id: number): Promise<SeriesSnapshot | null> {
    let refresh = this.#open.get(id);
    if (refresh === undefined) {
      refresh = Promise.withResolvers();
      this.#open.set(id, refresh);
      this.#waiting.add(id);
    }
    return refresh.promise;
  }

  /** What the next tick carries. */
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

  /** The thread is lost: all callers get null. */
  settleAll(): void {
    for (const id of this.#open.keys()) this.settle(id, null);
  }
}
