import type { CancelTimer, Clock } from "../../model/clock.ts";
import type { ServiceManager } from "./service-manager.ts";

export interface WatchdogOptions {
  readonly serviceManager: ServiceManager;
  readonly clock: Clock;
  /** Each returns the monotonic time, in milliseconds, of a component's last heartbeat. */
  readonly heartbeats: readonly (() => number)[];
}

/** A component without a heartbeat for this time is dead; a write to the database may take 10 s. */
const SILENCE_MAX_MS = 30_000;

/**
 * Notifies systemd's watchdog while the event loop runs and each component has heartbeats; a blocked event loop does not.
 * An unavailable database is no reason to stop: its sender keeps retrying.
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
