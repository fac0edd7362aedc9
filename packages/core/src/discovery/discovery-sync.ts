import { createInBulk } from "../fleet/create-in-bulk.ts";
import type { Inventory } from "../fleet/inventory.ts";
import type { CancelTimer, Clock } from "../model/clock.ts";
import { CloudMonitorError, isCloudMonitorError, messageOf } from "../model/errors.ts";
import type { ErrorDetail } from "../model/errors.ts";
import type { Instance, NewInstance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { Differences } from "./difference.ts";
import type { Difference } from "./difference.ts";
import type { DiscoverySource } from "./discovery-source.ts";
import { isHeld } from "./removal-guard.ts";

/** How soon a change is tried again that the storage did not take, or a name that was taken. */
const RETRY_MS = 10_000;
/** Instances that are created or changed at once; 10,000 blocked the event loop for 90 ms. */
const SLICE = 500;

export interface DiscoverySyncOptions {
  readonly source: DiscoverySource;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly yieldToLoop: () => Promise<void>;
  readonly logger: Logger;
  /** Percent of the source's instances that a change may remove. */
  readonly removalLimitPercent: () => number;
  /** How long an instance stays that the source no longer has; 0: not at all. */
  readonly removalGraceMs?: number;
}

/** A change that waits to be accepted. */
export interface HeldChange {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Of the instances that the source has in the inventory. */
  readonly present: number;
  readonly sinceMs: number;
}

/** What a source would change now, in numbers. */
export interface SyncLook {
  readonly targets: number;
  readonly instances: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Whether the change would wait to be accepted. */
  readonly isHeld: boolean;
  readonly problems: readonly string[];
}

/** Makes the instances of one source in the inventory those that the source has. Changes are applied one after the other. */
export class DiscoverySync {
  readonly counts = { failures: 0 };
  readonly #options: DiscoverySyncOptions;
  readonly #origin: string;
  readonly #differences = new Differences();
  /** When the source no longer had it, by id; monotonic. */
  #vanished: ReadonlyMap<number, number> = new Map();
  #wanted: readonly NewInstance[] | null = null;
  #lastFoundMs: number | null = null;
  #problems: readonly ErrorDetail[] = [];
  #skipped: readonly string[] = [];
  #held: HeldChange | null = null;
  #count = 0;
  #applying: Promise<void> = Promise.resolve();
  #cancelRetry: CancelTimer = () => {};
  #stopped = false;

  constructor(options: DiscoverySyncOptions) {
    this.#options = options;
    this.#origin = `discovery:${options.source.name}`;
  }

  get source(): DiscoverySource {
    return this.#options.source;
  }

  /** When the source was last read without a problem, milliseconds since 1970; null: never. */
  get lastFoundMs(): number | null {
    return this.#lastFoundMs;
  }

  /** Of the last reading; the instances that were found before it stay. */
  get problems(): readonly ErrorDetail[] {
    return this.#problems;
  }

  /** Names that others have. */
  get skipped(): readonly string[] {
    return this.#skipped;
  }

  get held(): HeldChange | null {
    return this.#held;
  }

  /** Whether this source manages an instance. */
  manages({ source }: Pick<Instance, "source">): boolean {
    return source === this.#origin;
  }

  /** Instances that it has in the inventory, as of the last change. */
  get instances(): number {
    return this.#count;
  }

  start(): void {
    this.source.start({
      found: (instances, problems = []) => {
        this.#wanted = instances;
        this.#noteProblems(problems);
        this.#schedule();
      },
      confirmed: () => this.#noteProblems(this.#problems),
      failed: (problems) => {
        this.counts.failures++;
        this.#problems = problems;
        const { name: source, location } = this.source;
        this.#options.logger.error("discovery failed, the instances found before stay", { source, location, problems });
      },
    });
  }

  /** Of targets that can be no instances; the others are. */
  #noteProblems(problems: readonly ErrorDetail[]): void {
    const isKnown = JSON.stringify(problems) === JSON.stringify(this.#problems);
    this.#problems = problems;
    if (problems.length === 0) this.#lastFoundMs = this.#options.clock.wallMs();
    else if (!isKnown) this.#options.logger.warn("discovery has problems", { source: this.source.name, problems });
  }

  /** Instances that the source no longer has, which stay for a while. */
  get vanished(): number {
    return this.#vanished.size;
  }

  /** Resolves when no change is being applied. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.source.stop();
    this.#cancelRetry();
    await this.#applying;
  }

  /** What a reading now would change; nothing is changed. Throws `DISCOVERY_NOT_FOUND` for a source that is not asked. */
  async look(): Promise<SyncLook> {
    if (this.source.look === undefined)
      throw new CloudMonitorError("DISCOVERY_NOT_FOUND", "Only sources of scrape configurations are asked.");
    const { instances, isComplete, problems, targets } = await this.source.look();
    const present = this.#present();
    const { added, changed, removed } = new Differences().of(present, isComplete ? instances : []);
    const isTooMuch = isHeld({ removed }, present.length, this.#options.removalLimitPercent());
    const counts = isComplete
      ? { added: added.length, changed: changed.length, removed: removed.length, isHeld: isTooMuch }
      : { added: 0, changed: 0, removed: 0, isHeld: false };
    return { targets, instances: instances.length, problems, ...counts };
  }

  /** Applies the change that is held. Throws `DISCOVERY_NOT_HELD` when there is none, `STORE_UNAVAILABLE`. */
  async accept(): Promise<void> {
    if (this.#held === null)
      throw new CloudMonitorError(
        "DISCOVERY_NOT_HELD",
        "No change of this source is held; GET /api/v1/discovery shows them.",
      );
    const applied = this.#applying.then(() => this.#apply(this.#difference()));
    // What was not applied is held again.
    this.#applying = applied.catch(() => this.#sync());
    await applied;
  }

  #schedule(): void {
    this.#applying = this.#applying.then(() => this.#sync());
  }

  async #sync(): Promise<void> {
    if (this.#stopped) return;
    this.#cancelRetry();
    const difference = this.#difference();
    if (isHeld(difference, this.#count, this.#options.removalLimitPercent())) return this.#hold(difference);
    try {
      await this.#apply(this.#spare(difference));
    } catch (error) {
      this.#options.logger.warn("discovered instances could not be applied, trying again", {
        source: this.source.name,
        error: messageOf(error),
      });
      this.#retry();
      return;
    }
    if (this.#skipped.length > 0 || this.#vanished.size > 0) this.#retry();
  }

  /** Leaves out the removals whose time has not come: what vanishes for a moment keeps its id and its history. */
  #spare(difference: Difference): Difference {
    const { clock, removalGraceMs = 0 } = this.#options;
    const nowMs = clock.monotonicMs();
    const since = difference.removed.map(({ id }) => [id, this.#vanished.get(id) ?? nowMs] as const);
    const isDue = new Map(since.map(([id, atMs]) => [id, nowMs - atMs >= removalGraceMs]));
    this.#vanished = new Map(since.filter(([id]) => isDue.get(id) !== true));
    return { ...difference, removed: difference.removed.filter(({ id }) => isDue.get(id) === true) };
  }

  #retry(): void {
    this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => this.#schedule());
  }

  #hold({ added, changed, removed }: Difference): void {
    const { clock, logger } = this.#options;
    const counts = { added: added.length, changed: changed.length, removed: removed.length, present: this.#count };
    const isNew = this.#held === null || this.#held.removed !== counts.removed || this.#held.added !== counts.added;
    this.#held = { ...counts, sinceMs: this.#held?.sinceMs ?? clock.wallMs() };
    if (!isNew) return;
    logger.error("a discovered change removes too many instances: it is held until it is accepted", {
      source: this.source.name,
      ...counts,
      accept: `cloudctl discovery accept ${this.source.name}`,
    });
  }

  /** Removals first: they give names free. */
  async #apply(difference: Difference): Promise<void> {
    const { inventory, logger, yieldToLoop } = this.#options;
    this.#held = null;
    const { added, changed, removed } = difference;
    if (removed.length > 0) await inventory.remove(removed.map(({ id }) => id));
    for (let at = 0; at < changed.length; at += SLICE) {
      await inventory.changeMany(changed.slice(at, at + SLICE));
      await yieldToLoop();
    }
    const skipped: string[] = [];
    for (let at = 0; at < added.length; at += SLICE) {
      const slice = added.slice(at, at + SLICE).map((instance) => ({ ...instance, source: this.#origin }));
      const outcomes = await createInBulk(inventory, slice, false);
      outcomes.forEach((outcome, index) => {
        if (!isCloudMonitorError(outcome)) return;
        if (outcome.code !== "INSTANCE_NAME_TAKEN") throw outcome;
        skipped.push(slice[index]!.name);
      });
      await yieldToLoop();
    }
    const isKnown = skipped.length === this.#skipped.length && skipped.every((name) => this.#skipped.includes(name));
    this.#skipped = skipped;
    this.#count = this.#present().length;
    const counts = { added: added.length - skipped.length, changed: changed.length, removed: removed.length };
    if (counts.added + counts.changed + counts.removed > 0)
      logger.info("discovered instances applied", { source: this.source.name, ...counts });
    if (!isKnown && skipped.length > 0)
      logger.warn("discovered instances skipped: others have their names", {
        source: this.source.name,
        count: skipped.length,
        names: skipped.slice(0, NAMED_MAX),
      });
  }

  #difference(): Difference {
    const present = this.#present();
    this.#count = present.length;
    return this.#differences.of(present, this.#wanted ?? []);
  }

  #present(): Instance[] {
    return [...this.#options.inventory.instances()].filter((instance) => this.manages(instance));
  }
}

/** So that a log record stays readable. */
const NAMED_MAX = 20;
