import { Backoff } from "../../model/backoff.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import type { TargetGroup } from "../../model/discovery-jobs.ts";
import type { FinderListener, TargetFinder } from "./target-finder.ts";

export interface PollingOptions {
  readonly location: string;
  readonly refreshMs: number;
  /** All groups; null: the same as last time. Rejects with what went wrong. */
  readonly find: (signal: AbortSignal) => Promise<readonly TargetGroup[] | null>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Of one reading. */
const DEADLINE_MS = 30_000;
/** Between the readings after a failure; jitter keeps many daemons from asking at the same time. */
const RETRY = { firstMs: 1_000, maxMs: 60_000 };

/** Asks again and again, and sooner after a failure. */
export class PollingFinder implements TargetFinder {
  readonly location: string;
  readonly #options: PollingOptions;
  readonly #backoff: Backoff;
  #cancel: CancelTimer = () => {};
  #reading: AbortController | null = null;
  #stopped = false;
  #groups: readonly TargetGroup[] = [];
  /** Whether the listener has the groups. */
  #isTold = false;

  constructor(options: PollingOptions) {
    this.location = options.location;
    this.#options = options;
    this.#backoff = new Backoff({ ...RETRY, maxMs: Math.min(RETRY.maxMs, options.refreshMs) }, options.random);
  }

  start(listener: FinderListener): void {
    void this.#read(listener);
  }

  async look(): Promise<readonly TargetGroup[]> {
    const { groups } = await this.#find(new AbortController());
    return groups;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#reading?.abort();
  }

  async #find(reading: AbortController): Promise<{ groups: readonly TargetGroup[]; isNew: boolean }> {
    const { clock, find } = this.#options;
    const cancel = clock.after(DEADLINE_MS, () => reading.abort(new Error("there was no answer in 30 s")));
    try {
      const groups = await find(reading.signal);
      // A look in between may have taken what is new: the listener has not.
      if (groups !== null) {
        this.#isTold = false;
        this.#groups = groups;
      }
      return { groups: this.#groups, isNew: groups !== null };
    } finally {
      cancel();
    }
  }

  /** Never rejects. */
  async #read(listener: FinderListener): Promise<void> {
    const { clock, refreshMs } = this.#options;
    const reading = new AbortController();
    this.#reading = reading;
    let waitMs = refreshMs;
    try {
      const { groups, isNew } = await this.#find(reading);
      this.#backoff.reset();
      if (!this.#stopped) {
        if (isNew || !this.#isTold) listener.found(groups);
        else listener.confirmed();
        this.#isTold = true;
      }
    } catch (error) {
      waitMs = this.#backoff.next();
      if (!this.#stopped) listener.failed(messageOf(error));
    }
    this.#reading = null;
    if (!this.#stopped) this.#cancel = clock.after(waitMs, () => void this.#read(listener));
  }
}
