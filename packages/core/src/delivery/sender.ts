import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isRetryable, messageOf } from "../model/errors.ts";
import type { LogFields, Logger } from "../model/logger.ts";
import type { SampleRecord, Sink, WriteOutcome } from "../model/sink.ts";
import type { LogCursor } from "./log.ts";
import { RowAccounting } from "./row-accounting.ts";
import type { RowAccount } from "./row-accounting.ts";
import type { WriteHealth } from "./write-health.ts";

/** How long rows are collected into a record: bounds what a crash can lose, and how often a database commits. */
const GATHER_MS = 200;
const RETRY = { firstMs: 250, maxMs: 5_000 };
/** Part of the shutdown time reserved for stopping the sink itself. */
const SINK_STOP_MS = 300;

export interface SenderOptions {
  readonly sink: Sink;
  readonly cursor: LogCursor;
  /** Called at shutdown: whether to try to send waiting rows; if not, all of them are dropped at once. */
  readonly flushAtStop: () => boolean;
  /** Notified of each write; it also logs outages. Without it the sender logs the first of successive failures. */
  readonly health?: Pick<WriteHealth, "succeeded" | "failed">;
  /** True: another component starts and stops the sink; until it is started, its writes fail as retryable. */
  readonly isStartedElsewhere?: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Sends rows from the log to one sink, one record at a time, each until it is accepted. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #accounting: RowAccounting;
  readonly #backoff: Backoff;
  /** Aborted at shutdown: stop waiting, send the remaining rows now. */
  readonly #stopping = new AbortController();
  /** Aborted at the shutdown deadline: further responses are ignored. */
  readonly #over = new AbortController();
  #wake: PromiseWithResolvers<void> | null = null;
  #loop: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #retries = 0;
  #isFailureLogged = false;
  #lastTurnMs = NaN;
  /** The record whose last write ended without a response. */
  #unconfirmedId: string | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#accounting = new RowAccounting(options.cursor);
    this.#backoff = new Backoff(RETRY, options.random);
  }

  get account(): RowAccount {
    return this.#accounting.account;
  }

  /** Failed writes that were retried. */
  get retries(): number {
    return this.#retries;
  }

  /** Monotonic time of its last heartbeat; the current time while there is nothing to send. */
  get lastTurnMs(): number {
    return this.#wake === null ? this.#lastTurnMs : this.#options.clock.monotonicMs();
  }

  start(): void {
    this.#options.cursor.onAppend = () => this.#wake?.resolve();
    this.#loop ??= this.#run();
  }

  /** Sends waiting rows for at most `deadlineMs`, counts the rest as lost, and stops the sink. Idempotent, and safe without start(). */
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
    this.#dropRest();
    if (!isStartedElsewhere) await this.#before(untilMs, sink.stop());
  }

  /** Waits for `work`, at most until then. */
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

  /** Retries until it succeeds. Meanwhile rows wait, and beyond the sink's limit the oldest are dropped. */
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
        this.#logFirst("warn", "sink did not start, buffering samples", { error: messageOf(error) });
        await sleep(clock, this.#backoff.next(), signal);
      }
    }
  }

  /** True when the record is finished; false when it must be retried, or the shutdown deadline has passed. */
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
      const isPermanent = !isRetryable(error);
      health?.failed(messageOf(error), { isLogged: isPermanent });
      if (!isPermanent) {
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
    this.#unconfirmedId = id;
    if (this.#options.health !== undefined) return;
    this.#logFirst("warn", "sink unavailable, buffering samples", { error: messageOf(error) });
  }

  #refuse({ batch: { rows } }: SampleRecord, error: unknown): void {
    this.#accounting.refused(rows);
    this.#logFirst("error", "sink refused samples permanently", { rows, error: messageOf(error) });
  }

  #count({ id, batch: { rows } }: SampleRecord, outcome: WriteOutcome): void {
    // The sink already had the whole record: an earlier write succeeded and only its response was lost.
    const wasTaken = id === this.#unconfirmedId && outcome.duplicates === rows;
    this.#accounting.taken(wasTaken ? { delivered: rows, duplicates: 0, quarantined: 0 } : outcome);
  }

  #dropRest(): void {
    const { cursor, logger, sink } = this.#options;
    let rows = 0;
    for (let record = cursor.seal(); record !== null; record = cursor.seal()) {
      rows += record.batch.rows;
      cursor.acknowledge(record);
    }
    this.#accounting.lostAtStop(rows);
    if (rows === 0) return;
    const why = "samples lost at shutdown: the sink was unavailable or too slow";
    logger.error(why, { sink: sink.name, rows });
  }

  /** Logs only the first of successive failures, which have one cause. */
  #logFirst(level: "warn" | "error", message: string, fields: LogFields): void {
    const { logger, sink } = this.#options;
    if (!this.#isFailureLogged) logger[level](message, { sink: sink.name, ...fields });
    this.#isFailureLogged = true;
  }
}
