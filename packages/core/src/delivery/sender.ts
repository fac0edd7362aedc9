import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isCloudMonitorError, messageOf } from "../model/errors.ts";
import type { LogFields, Logger } from "../model/logger.ts";
import type { SampleRecord, Sink, WriteOutcome } from "../model/sink.ts";
import type { LogCursor } from "./log.ts";
import { RowAccounting } from "./row-accounting.ts";
import type { RowAccount } from "./row-accounting.ts";
import type { WriteHealth } from "./write-health.ts";

/** How long rows gather before they are sent: bounds what a crash can lose, and how often a database commits. */
const GATHER_MS = 200;
const RETRY = { firstMs: 250, maxMs: 5_000 };
/** Kept back of the time to stop for the end of the sink itself. */
const SINK_STOP_MS = 300;

export interface SenderOptions {
  readonly sink: Sink;
  readonly cursor: LogCursor;
  /** Asked at stop: whether what still waits is worth sending; if not, all of it is given up at once. */
  readonly flushAtStop: () => boolean;
  /** Told of each attempt to write; it also logs outages. Without it the sender logs the first failure of a run. */
  readonly health?: Pick<WriteHealth, "succeeded" | "failed">;
  /** True: somebody else starts and stops the sink; until it is started its writes fail, retryable. */
  readonly isStartedElsewhere?: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Moves rows from the log to one sink, a record at a time, each until it is taken. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #accounting: RowAccounting;
  readonly #backoff: Backoff;
  /** No more waiting: what is there is sent now. */
  readonly #stopping = new AbortController();
  /** The time to stop is up: no answer counts any more. */
  readonly #over = new AbortController();
  #wake: PromiseWithResolvers<void> | null = null;
  #loop: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #retries = 0;
  #isFailureLogged = false;
  #lastTurnMs = NaN;
  /** The record whose last attempt ended without an answer. */
  #unansweredId: string | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#accounting = new RowAccounting(options.cursor);
    this.#backoff = new Backoff(RETRY, options.random);
  }

  get account(): RowAccount {
    return this.#accounting.account;
  }

  /** Writes that failed and were tried again. */
  get retries(): number {
    return this.#retries;
  }

  /** Monotonic time of its last heartbeat; now, while there is nothing to do. */
  get lastTurnMs(): number {
    return this.#wake === null ? this.#lastTurnMs : this.#options.clock.monotonicMs();
  }

  start(): void {
    this.#options.cursor.onAppend = () => this.#wake?.resolve();
    this.#loop ??= this.#run();
  }

  /** Sends what waits, for `deadlineMs` at most, counts the rest as lost, and stops the sink. Safe twice and without start(). */
  stop(deadlineMs: number): Promise<void> {
    this.#stopped ??= this.#stop(deadlineMs);
    return this.#stopped;
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { clock, flushAtStop, isStartedElsewhere, sink } = this.#options;
    const nowMs = clock.monotonicMs();
    const untilMs = nowMs + deadlineMs;
    const flushUntilMs = flushAtStop() ? untilMs - (isStartedElsewhere ? 0 : SINK_STOP_MS) : nowMs;
    this.#stopping.abort();
    this.#wake?.resolve();
    await this.#before(flushUntilMs, this.#flush(flushUntilMs));
    this.#over.abort();
    this.#giveUpRest();
    if (!isStartedElsewhere) await this.#before(untilMs, sink.stop());
  }

  /** Waits for `work`, not longer than until then. */
  async #before(untilMs: number, work: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    const done = new AbortController();
    const timeUp = sleep(clock, Math.max(0, untilMs - clock.monotonicMs()), done.signal);
    await Promise.race([work, timeUp]).finally(() => done.abort());
  }

  async #flush(untilMs: number): Promise<void> {
    const { clock, cursor } = this.#options;
    await this.#loop;
    while (clock.monotonicMs() < untilMs) {
      const record = cursor.seal();
      if (record === null || !(await this.#send(record))) return;
    }
  }

  async #run(): Promise<void> {
    const { clock, cursor } = this.#options;
    const { signal } = this.#stopping;
    await this.#startSink();
    while (!signal.aborted) {
      this.#lastTurnMs = clock.monotonicMs();
      if (cursor.stats.waiting === 0) await this.#appended();
      await sleep(clock, GATHER_MS, signal);
      const record = signal.aborted ? null : cursor.seal();
      if (record === null) continue;
      if (await this.#send(record)) this.#backoff.reset();
      else await sleep(clock, this.#backoff.next(), signal);
    }
  }

  async #appended(): Promise<void> {
    this.#wake = Promise.withResolvers<void>();
    if (this.#stopping.signal.aborted || this.#options.cursor.stats.waiting > 0) this.#wake.resolve();
    await this.#wake.promise;
    this.#wake = null;
  }

  /** Until it succeeds: rows wait meanwhile, and the oldest are dropped beyond the sink's limit. */
  async #startSink(): Promise<void> {
    const { clock, isStartedElsewhere, sink } = this.#options;
    const { signal } = this.#stopping;
    if (isStartedElsewhere) return;
    while (!signal.aborted) {
      this.#lastTurnMs = clock.monotonicMs();
      try {
        await sink.start();
        this.#isFailureLogged = false;
        this.#backoff.reset();
        return;
      } catch (error) {
        this.#logFirst("warn", "a sink did not start, its samples wait", { error: messageOf(error) });
        await sleep(clock, this.#backoff.next(), signal);
      }
    }
  }

  /** True when the record is done with; false when it must be sent again, or the time to stop is up. */
  async #send(record: SampleRecord): Promise<boolean> {
    const { cursor, health, sink } = this.#options;
    const { signal } = this.#over;
    try {
      const outcome = await sink.write(record, signal);
      if (signal.aborted) return false;
      this.#count(record, outcome);
      this.#isFailureLogged = false;
      health?.succeeded();
    } catch (error) {
      if (signal.aborted) return false;
      health?.failed(messageOf(error));
      if (isCloudMonitorError(error) && error.retryable) {
        this.#retry(record, error);
        return false;
      }
      this.#refuse(record, error);
    }
    cursor.acknowledge(record);
    return true;
  }

  #retry({ id }: SampleRecord, error: unknown): void {
    this.#retries++;
    this.#unansweredId = id;
    if (this.#options.health !== undefined) return;
    this.#logFirst("warn", "a sink does not take samples, they wait", { error: messageOf(error) });
  }

  #refuse({ batch: { rows } }: SampleRecord, error: unknown): void {
    this.#accounting.refused(rows);
    this.#logFirst("error", "a sink refused samples for good", { rows, error: messageOf(error) });
  }

  #count({ id, batch: { rows } }: SampleRecord, outcome: WriteOutcome): void {
    // The sink had the whole record already: an earlier attempt was taken and only its answer was lost.
    const wasTaken = id === this.#unansweredId && outcome.duplicates === rows;
    this.#accounting.taken(wasTaken ? { delivered: rows, duplicates: 0, quarantined: 0 } : outcome);
  }

  #giveUpRest(): void {
    const { cursor, logger, sink } = this.#options;
    let rows = 0;
    for (let record = cursor.seal(); record !== null; record = cursor.seal()) {
      rows += record.batch.rows;
      cursor.acknowledge(record);
    }
    this.#accounting.lostAtStop(rows);
    if (rows === 0) return;
    const why = "samples were lost at stop: the sink was unavailable, or did not take them in time";
    logger.error(why, { sink: sink.name, rows });
  }

  /** The first failure of a run: one cause fails all attempts. */
  #logFirst(level: "warn" | "error", message: string, fields: LogFields): void {
    const { logger, sink } = this.#options;
    if (!this.#isFailureLogged) logger[level](message, { sink: sink.name, ...fields });
    this.#isFailureLogged = true;
  }
}
