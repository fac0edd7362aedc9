import type { Clock } from "../model/clock.ts";
import type { Logger } from "../model/logger.ts";
import { gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";

export interface WriteHealthOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Since when the oldest row has been waiting, on the monotonic clock; null when none waits. */
  readonly oldestWaitingMs: () => number | null;
  /** Called when the storage is available again; must not throw. */
  readonly onOutage?: (outage: Outage) => void;
}

/** A time without the storage. */
export interface Outage {
  /** Its start, milliseconds since 1970. */
  readonly fromMs: number;
  readonly durationSeconds: number;
  readonly reason: string;
}

/** Time without a successful write, while rows wait or writes fail, after which the storage is unavailable. */
const UNAVAILABLE_AFTER_MS = 10_000;
/** Time of successful writes without a failure after which it is available again. */
const AVAILABLE_AFTER_MS = 5_000;

/**
 * Whether the storage accepts samples, for `/health`, probes and metrics. Depends only on writes: a database may serve
 * every read and refuse every write. Short problems are not reported, so that a failover does not cause an alert; and a
 * single success among failures does not end an outage, so that the state does not flap.
 *
 *   connecting --connected()--> available --10 s without a success--> unavailable
 *                                   ^---------5 s of successes only---------'
 */
export class WriteHealth {
  readonly #options: WriteHealthOptions;
  #isConnected = false;
  #isAvailable = false;
  #connectionFailure = "it is starting";
  #lastSuccessMs = 0;
  #lastFailureMs = 0;
  /** The time of the first success after the last failure. */
  #goodSinceMs: number | null = null;
  /** The time of the first failure after the last success, and the message of the last one. */
  #badSinceMs: number | null = null;
  #failure: string | null = null;
  #isFailureLogged = false;
  /** Start of a probe without a response yet. */
  #probeStartedMs: number | null = null;
  #unavailableSinceMs = 0;
  #unavailableReason = "";

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
    return this.#failure ?? `the database has not responded to a write for ${seconds} s`;
  }

  /** When the last write or probe ended, on the monotonic clock. */
  get lastOutcomeMs(): number {
    return Math.max(this.#lastSuccessMs, this.#lastFailureMs);
  }

  /** The storage is started and ready. */
  connected(): void {
    this.#isConnected = true;
    this.#isAvailable = true;
    this.succeeded();
  }

  /** Before `connected()`: why it cannot be started. */
  notConnected(reason: string): void {
    this.#connectionFailure = reason;
  }

  /** A probe starts: its duration counts like the wait of a row. */
  probeStarted(): void {
    this.#probeStartedMs ??= this.#options.clock.monotonicMs();
  }

  /** A write or a probe succeeded. */
  succeeded(): void {
    this.#lastSuccessMs = this.#options.clock.monotonicMs();
    this.#goodSinceMs ??= this.#lastSuccessMs;
    this.#badSinceMs = null;
    this.#failure = null;
    this.#probeStartedMs = null;
    this.update();
  }

  /** `isLogged`: the caller has logged the failure, so that an outage because of it is not logged again. */
  failed(reason: string, { isLogged } = { isLogged: false }): void {
    this.#lastFailureMs = this.#options.clock.monotonicMs();
    this.#badSinceMs ??= this.#lastFailureMs;
    this.#failure = reason;
    this.#isFailureLogged = isLogged;
    this.#goodSinceMs = null;
    this.#probeStartedMs = null;
    this.update();
  }

  /** Call it periodically: nothing else detects a write that never ends. */
  update(): void {
    if (!this.#isConnected) return;
    const nowMs = this.#options.clock.monotonicMs();
    const troubleMs = nowMs - Math.min(...this.#troubles());
    if (this.#isAvailable && troubleMs >= UNAVAILABLE_AFTER_MS) this.#becomeUnavailable(nowMs - troubleMs);
    else if (!this.#isAvailable && this.#hasRecovered(troubleMs)) this.#becomeAvailable(nowMs);
  }

  /** Start of the current problem, by each symptom. */
  #troubles(): number[] {
    const oldestMs = this.#options.oldestWaitingMs();
    return [
      oldestMs === null ? Infinity : Math.max(oldestMs, this.#lastSuccessMs),
      this.#badSinceMs ?? Infinity,
      this.#probeStartedMs ?? Infinity,
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
    this.#unavailableReason = this.reason ?? "";
    if (this.#failure !== null && this.#isFailureLogged) return;
    this.#options.logger.warn("database unavailable, buffering samples", { reason: this.reason });
  }

  #becomeAvailable(nowMs: number): void {
    this.#isAvailable = true;
    const { clock, logger, onOutage } = this.#options;
    const outageMs = nowMs - this.#unavailableSinceMs;
    logger.info("database available again", { outageSeconds: Math.round(outageMs / 1_000) });
    const untilFirstSuccessMs = (this.#goodSinceMs ?? nowMs) - this.#unavailableSinceMs;
    onOutage?.({
      fromMs: clock.wallMs() - outageMs,
      durationSeconds: Math.round(untilFirstSuccessMs) / 1_000,
      reason: this.#unavailableReason,
    });
  }
}

export const WRITE_HEALTH_METRICS: readonly OwnMetric<Pick<WriteHealth, "available">>[] = [
  gauge({
    name: "cloud_monitor_storage_available",
    help: "1 if the storage accepts samples, 0 if it has accepted none for 10 s.",
    read: ({ available }) => (available ? 1 : 0),
  }),
];
