import type { Clock } from "../model/clock.ts";
import type { Logger } from "../model/logger.ts";
import { gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";

export interface WriteHealthOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Since when the oldest row waits, on the monotonic clock; null when none does. */
  readonly oldestWaitingMs: () => number | null;
}

/** So long without a success, while rows wait or attempts fail, and the storage counts as unavailable. */
const UNAVAILABLE_AFTER_MS = 10_000;
/** Between the first success and a later one without a failure between them, before it counts as available again. */
const AVAILABLE_AFTER_MS = 5_000;

/**
 * Whether the storage takes samples, as people, probes and metrics are told. Judged by writing alone: a database may
 * answer every read and refuse every write. Short troubles are not told, so that nobody is woken by a failover; and
 * one success among failures ends no outage, so that the answer does not flap.
 *
 *   connecting --connected()--> available --10 s without a success--> unavailable
 *                                   ^---------5 s of successes alone--------'
 */
export class WriteHealth {
  readonly #options: WriteHealthOptions;
  #isConnected = false;
  #isAvailable = false;
  #connectionFailure = "it is starting";
  #lastSuccessMs = 0;
  #lastFailureMs = 0;
  /** The first success after the last failure. */
  #goodSinceMs: number | null = null;
  /** The first failure after the last success, and what the last one said. */
  #badSinceMs: number | null = null;
  #failure: string | null = null;
  /** A probe that has no answer yet. */
  #askedMs: number | null = null;
  #unavailableSinceMs = 0;

  constructor(options: WriteHealthOptions) {
    this.#options = options;
  }

  get available(): boolean {
    this.update();
    return this.#isAvailable;
  }

  /** Why it is not available, in one sentence; null when it is. */
  get reason(): string | null {
    if (this.available) return null;
    if (!this.#isConnected) return this.#connectionFailure;
    const seconds = Math.floor((this.#options.clock.monotonicMs() - this.#lastSuccessMs) / 1_000);
    return this.#failure ?? `the database has not answered a write for ${seconds} s`;
  }

  /** When the last write or probe ended, on the monotonic clock. */
  get lastOutcomeMs(): number {
    return Math.max(this.#lastSuccessMs, this.#lastFailureMs);
  }

  /** The storage is started and in order. */
  connected(): void {
    this.#isConnected = true;
    this.#isAvailable = true;
    this.succeeded();
  }

  /** Before `connected()`: why it cannot be started. */
  notConnected(reason: string): void {
    this.#connectionFailure = reason;
  }

  /** A probe is on its way: its wait counts as that of a row. */
  asked(): void {
    this.#askedMs ??= this.#options.clock.monotonicMs();
  }

  /** A write, or a probe in place of one. */
  succeeded(): void {
    this.#lastSuccessMs = this.#options.clock.monotonicMs();
    this.#goodSinceMs ??= this.#lastSuccessMs;
    this.#badSinceMs = null;
    this.#failure = null;
    this.#askedMs = null;
    this.update();
  }

  failed(reason: string): void {
    this.#lastFailureMs = this.#options.clock.monotonicMs();
    this.#badSinceMs ??= this.#lastFailureMs;
    this.#failure = reason;
    this.#goodSinceMs = null;
    this.#askedMs = null;
    this.update();
  }

  /** Call it now and then: nothing else notices a write that never ends. */
  update(): void {
    if (!this.#isConnected) return;
    const nowMs = this.#options.clock.monotonicMs();
    const troubleMs = nowMs - Math.min(...this.#troubles());
    if (this.#isAvailable && troubleMs >= UNAVAILABLE_AFTER_MS) this.#becomeUnavailable(nowMs - troubleMs);
    else if (!this.#isAvailable && this.#hasRecovered(troubleMs)) this.#becomeAvailable(nowMs);
  }

  /** Since when a success is wanting, by each sign. */
  #troubles(): number[] {
    const oldestMs = this.#options.oldestWaitingMs();
    return [
      oldestMs === null ? Infinity : Math.max(oldestMs, this.#lastSuccessMs),
      this.#badSinceMs ?? Infinity,
      this.#askedMs ?? Infinity,
    ];
  }

  #hasRecovered(troubleMs: number): boolean {
    if (this.#goodSinceMs === null || troubleMs >= UNAVAILABLE_AFTER_MS) return false;
    return this.#lastSuccessMs - this.#goodSinceMs >= AVAILABLE_AFTER_MS;
  }

  #becomeUnavailable(sinceMs: number): void {
    this.#isAvailable = false;
    this.#goodSinceMs = null;
    this.#unavailableSinceMs = sinceMs;
    this.#options.logger.warn("samples wait: the database does not take them", { reason: this.reason });
  }

  #becomeAvailable(nowMs: number): void {
    this.#isAvailable = true;
    const secondsAway = Math.round((nowMs - this.#unavailableSinceMs) / 1_000);
    this.#options.logger.info("the database takes samples again", { secondsAway });
  }
}

export const WRITE_HEALTH_METRICS: readonly OwnMetric<Pick<WriteHealth, "available">>[] = [
  gauge({
    name: "cloud_monitor_storage_available",
    help: "1 when the storage takes samples, 0 when it has taken none for 10 s.",
    read: ({ available }) => (available ? 1 : 0),
  }),
];
