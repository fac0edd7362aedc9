import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isCloudMonitorError, messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";
import type { Sink, WriteOutcome } from "../model/sink.ts";
import type { Spool, SpoolRecord } from "./spool.ts";
import type { WriteHealth } from "./write-health.ts";

/** How long rows gather before they are stored: bounds what a crash can lose, and how often the database commits. */
const GATHER_MS = 200;
const RETRY = { firstMs: 250, maxMs: 5_000 };

export interface DrainOptions {
  readonly spool: Spool;
  readonly storage: Pick<Sink, "write">;
  /** Told of each attempt. */
  readonly health: Pick<WriteHealth, "succeeded" | "failed">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Moves records from the spool into the storage, one at a time, each until it is stored. */
export class Drain {
  /** Rows by what became of them. `refused`: the database will never take them. `shutdown`: still waiting when the time to stop was up. */
  readonly stats = { stored: 0, duplicates: 0, quarantined: 0, refused: 0, shutdown: 0, retries: 0 };
  readonly #options: DrainOptions;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #wake: PromiseWithResolvers<void> | null = null;
  #loop: Promise<void> | null = null;
  #isRefused = false;
  #lastTurnMs = NaN;
  /** The record whose last attempt ended without an answer. */
  #unansweredId: string | null = null;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#backoff = new Backoff(RETRY, options.random);
  }

  /** Stopwatch time of its last sign of life; now, while there is nothing to do. */
  get lastTurnMs(): number {
    return this.#wake === null ? this.#lastTurnMs : this.#options.clock.monotonicMs();
  }

  start(): void {
    this.#options.spool.onAppend = () => this.#wake?.resolve();
    this.#loop ??= this.#run();
  }

  /** Stores what waits, for `deadlineMs` at most, and counts the rest as lost. Safe twice and without start(). */
  async stop(deadlineMs: number): Promise<void> {
    const { clock, spool } = this.#options;
    if (this.#stopping.signal.aborted) return;
    const untilMs = clock.monotonicMs() + deadlineMs;
    this.#stopping.abort();
    this.#wake?.resolve();
    await Promise.race([this.#loop, sleep(clock, deadlineMs)]);
    while (clock.monotonicMs() < untilMs) {
      const record = spool.peek();
      if (record === null || !(await this.#store(record))) break;
    }
    this.#giveUpRest();
  }

  async #run(): Promise<void> {
    const { clock, spool } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#lastTurnMs = clock.monotonicMs();
      if (spool.stats.rows === 0) await this.#appended();
      await sleep(clock, GATHER_MS, signal);
      const record = spool.peek();
      if (record === null || signal.aborted) continue;
      if (await this.#store(record)) this.#backoff.reset();
      else await sleep(clock, this.#backoff.next(), signal);
    }
  }

  async #appended(): Promise<void> {
    this.#wake = Promise.withResolvers<void>();
    if (this.#stopping.signal.aborted || this.#options.spool.stats.rows > 0) this.#wake.resolve();
    await this.#wake.promise;
    this.#wake = null;
  }

  /** True when the record is done with; false when it must be tried again. */
  async #store(record: SpoolRecord): Promise<boolean> {
    const { health, spool, storage } = this.#options;
    try {
      this.#count(record, await storage.write(record, this.#stopping.signal));
      this.#isRefused = false;
      health.succeeded();
    } catch (error) {
      health.failed(messageOf(error));
      if (isCloudMonitorError(error) && error.retryable) {
        this.stats.retries++;
        this.#unansweredId = record.id;
        return false;
      }
      this.#refuse(record, error);
    }
    spool.acknowledge(record);
    return true;
  }

  /** Counts every row and logs the first of a run: one cause refuses all batches. */
  #refuse(record: SpoolRecord, error: unknown): void {
    this.stats.refused += record.batch.rows;
    const facts = { rows: record.batch.rows, error: messageOf(error) };
    if (!this.#isRefused) this.#options.logger.error("the database refused samples for good", facts);
    this.#isRefused = true;
  }

  #count(record: SpoolRecord, outcome: WriteOutcome): void {
    // The storage had the whole record already: an earlier attempt was committed and only its answer was lost.
    const wasStored = record.id === this.#unansweredId && outcome.duplicates === record.batch.rows;
    this.stats.stored += wasStored ? outcome.duplicates : outcome.delivered;
    this.stats.duplicates += wasStored ? 0 : outcome.duplicates;
    this.stats.quarantined += outcome.quarantined;
  }

  #giveUpRest(): void {
    const { logger, spool } = this.#options;
    let lost = 0;
    for (let record = spool.peek(); record !== null; record = spool.peek()) {
      lost += record.batch.rows;
      spool.acknowledge(record);
    }
    this.stats.shutdown += lost;
    if (lost > 0)
      logger.error("samples were lost at stop: the storage was unavailable, or did not take them in time", {
        rows: lost,
      });
  }
}
