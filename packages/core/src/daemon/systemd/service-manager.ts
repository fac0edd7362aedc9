import { sleep } from "../../model/clock.ts";
import type { Clock } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import { openNotifySocket } from "./notify-socket.ts";
import type { NotifySocket } from "./notify-socket.ts";

/**
 * Reports the service's state to systemd (sd_notify(3)). Nothing throws: the daemon continues if its manager does not
 * listen. Without `NOTIFY_SOCKET` every call does nothing.
 */
export interface ServiceManager {
  /** Half of what the unit's `WatchdogSec` allows, milliseconds; null without a watchdog. */
  readonly watchdogIntervalMs: number | null;
  /** Started, or reload finished. */
  ready(): void;
  /** Begins a reload; `ready` ends it. */
  reloading(): void;
  /** One line for `systemctl status`. */
  status(text: string): void;
  stopping(): void;
  /** Watchdog notification. Skipped while an earlier notification is still pending. */
  watchdog(): void;
  /** Waits for pending notifications and closes the socket; idempotent. */
  stop(): Promise<void>;
}

export interface ServiceManagerOptions {
  /** The variable `NOTIFY_SOCKET`. */
  readonly notifySocket: string | undefined;
  /** The variable `WATCHDOG_USEC`. */
  readonly watchdogUsec: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createServiceManager(options: ServiceManagerOptions): ServiceManager {
  const { notifySocket } = options;
  return notifySocket === undefined || notifySocket === "" ? NO_MANAGER : new SystemdManager(notifySocket, options);
}

const nothing = () => {};
const NO_MANAGER: ServiceManager = {
  watchdogIntervalMs: null,
  ready: nothing,
  reloading: nothing,
  status: nothing,
  stopping: nothing,
  watchdog: nothing,
  stop: () => Promise.resolve(),
};

const STATUS_LENGTH_MAX = 200;
/** Maximum number of pending notifications; only a flood of `status` could reach it. */
const WAITING_MAX = 100;
/** Retry interval while the socket's queue is full. */
const RETRY = { everyMs: 20, times: 100 };

class SystemdManager implements ServiceManager {
  readonly watchdogIntervalMs: number | null;
  readonly #address: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Null when it could not be opened. */
  #socket: Promise<NotifySocket | null> | undefined;
  /** Notifications keep their order: each waits for the previous one. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopped = false;

  constructor(address: string, { watchdogUsec, clock, logger }: ServiceManagerOptions) {
    this.#address = address;
    this.watchdogIntervalMs = watchdogIntervalOf(watchdogUsec);
    this.#clock = clock;
    this.#logger = logger;
  }

  ready(): void {
    this.#notify(["READY=1"]);
  }

  reloading(): void {
    // Type=notify-reload needs the time at which the reload began: CLOCK_MONOTONIC in microseconds, which hrtime reads.
    this.#notify(["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
  }

  status(text: string): void {
    this.#notify([`STATUS=${text.replace(/\p{Cc}+/gu, " ").slice(0, STATUS_LENGTH_MAX)}`]);
  }

  stopping(): void {
    this.#notify(["STOPPING=1"]);
  }

  watchdog(): void {
    if (this.#waiting === 0) this.#notify(["WATCHDOG=1"]);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#last;
    const socket = await this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #notify(assignments: readonly string[]): void {
    if (this.#isStopped || this.#waiting >= WAITING_MAX) return;
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      await this.#send(assignments);
      this.#waiting--;
    });
  }

  async #send(assignments: readonly string[]): Promise<void> {
    const socket = await (this.#socket ??= this.#open());
    if (socket === null) return;
    try {
      for (let tries = 1; !socket.send(assignments.join("\n")); tries++) {
        if (tries > RETRY.times) throw new Error("the queue of its socket stays full");
        await sleep(this.#clock, RETRY.everyMs);
      }
    } catch (error) {
      const notification = assignments[0];
      this.#logger.warn("service manager notification failed", { notification, reason: messageOf(error) });
    }
  }

  async #open(): Promise<NotifySocket | null> {
    try {
      return await openNotifySocket(this.#address);
    } catch (error) {
      this.#logger.warn("service manager notifications unavailable", { reason: messageOf(error) });
      return null;
    }
  }
}

/** sd_watchdog_enabled(3) recommends to notify after half of the time. */
function watchdogIntervalOf(watchdogUsec: string | undefined): number | null {
  const microseconds = /^\d{1,15}$/.test(watchdogUsec ?? "") ? Number(watchdogUsec) : 0;
  return microseconds > 0 ? Math.max(1, Math.floor(microseconds / 2000)) : null;
}
