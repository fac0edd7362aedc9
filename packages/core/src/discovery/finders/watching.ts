import { Backoff } from "../../model/backoff.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { sleep } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import type { TargetGroup } from "../../model/discovery-jobs.ts";
import type { FinderListener, TargetFinder } from "./target-finder.ts";

export interface WatchingOptions {
  readonly location: string;
  /**
   * Reads everything, then follows the changes: calls `found` with complete sets until the signal is aborted or the source
   * ends the watch. Rejects with what went wrong.
   */
  readonly watch: (found: (groups: readonly TargetGroup[]) => void, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A watch ends after this time and begins anew: a connection that was cut without a word, and missed changes, are noticed then. */
const WATCH_MAX_MS = 300_000;
const RETRY = { firstMs: 1_000, maxMs: 60_000 };

/** Follows a source that tells of its changes. */
export class WatchingFinder implements TargetFinder {
  readonly location: string;
  readonly #options: WatchingOptions;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #groups: readonly TargetGroup[] = [];
  #failure: string | null = "it has not answered yet";

  constructor(options: WatchingOptions) {
    this.location = options.location;
    this.#options = options;
    this.#backoff = new Backoff(RETRY, options.random);
  }

  start(listener: FinderListener): void {
    void this.#run(listener);
  }

  async look(): Promise<readonly TargetGroup[]> {
    if (this.#failure !== null) throw new Error(this.#failure);
    return this.#groups;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Never rejects. */
  async #run(listener: FinderListener): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const failure = await this.#watchOnce(listener);
      if (failure === null) continue;
      this.#failure = failure;
      if (!signal.aborted) listener.failed(failure);
      await sleep(clock, this.#backoff.next(), signal);
    }
  }

  /** Resolves to what went wrong; null when the watch has just ended. */
  async #watchOnce(listener: FinderListener): Promise<string | null> {
    const { clock, watch } = this.#options;
    const { signal } = this.#stopping;
    const ending = new AbortController();
    let isDue = false;
    const cancel: CancelTimer = clock.after(WATCH_MAX_MS, () => {
      isDue = true;
      ending.abort();
    });
    const found = (groups: readonly TargetGroup[]) => {
      this.#backoff.reset();
      this.#groups = groups;
      this.#failure = null;
      if (!signal.aborted) listener.found(groups);
    };
    try {
      await watch(found, AbortSignal.any([signal, ending.signal]));
      return "the source ended the watch";
    } catch (error) {
      return isDue || signal.aborted ? null : messageOf(error);
    } finally {
      cancel();
    }
  }
}
