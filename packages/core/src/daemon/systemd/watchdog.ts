import type { CancelTimer, Clock } from "../../model/clock.ts";
import type { ServiceManager } from "./service-manager.ts";

export interface WatchdogOptions {
  readonly serviceManager: ServiceManager;
  readonly clock: Clock;
  /** Each tells, in milliseconds of the stopwatch, when a part last showed life. */
  readonly heartbeats: readonly (() => number)[];
}

/** A part without a sign of life for so long is dead; a write to the database alone may take 10 s. */
const SILENCE_MAX_MS = 30_000;

/**
 * Feeds systemd's watchdog while the main loop turns and each part shows life; a frozen loop feeds nothing by itself.
 * A database that is away is no death: its writer goes on trying.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #cancelTimer: CancelTimer = () => {};

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    const intervalMs = this.#options.serviceManager.watchdogIntervalMs;
    if (intervalMs === null) return;
    this.#cancelTimer = this.#options.clock.after(intervalMs, () => {
      if (this.#isAlive()) this.#options.serviceManager.watchdog();
      this.start();
    });
  }

  stop(): void {
    this.#cancelTimer();
  }

  #isAlive(): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    return this.#options.heartbeats.every((lastMs) => nowMs - lastMs() < SILENCE_MAX_MS);
  }
}
