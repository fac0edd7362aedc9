import type { EventRecorder } from "../fleet/events/event-recorder.ts";
import type { Inventory } from "../fleet/inventory.ts";
import type { LatestValues } from "../fleet/latest-values.ts";
import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isRetryable, messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";
import type { Storage } from "../model/storage.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { StorageWatch } from "./storage-watch.ts";

export interface StorageSupervisorOptions {
  readonly storage: Pick<Storage, "kind" | "location" | "start" | "maintain" | "latest" | "events">;
  readonly inventory: Inventory;
  readonly latest: LatestValues;
  readonly recorder: Pick<EventRecorder, "restore">;
  readonly health: WriteHealth;
  readonly watch: StorageWatch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Called with an error that is not retryable, after start() returned. */
  readonly onFatal: (error: unknown) => void;
}

const RECONNECT = { firstMs: 250, maxMs: 5_000 };
/** Maximum time for which the start waits for the database; retries continue in the background. */
const START_WAIT_MS = 15_000;
/** Frequent, since a process that exits earlier does not contribute to the run time. */
const MAINTAIN_EVERY_MS = 60_000;
const MAINTAIN_RETRY_MS = 30_000;

/** Connects to the storage, with retries, loads its contents, then maintains its partitions. */
export class StorageSupervisor {
  readonly #options: StorageSupervisorOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #isOutageLogged = false;

  constructor(options: StorageSupervisorOptions) {
    this.#options = options;
  }

  /**
   * Tries once. If the storage is unavailable, the instances are loaded from the snapshot, and retries continue in the
   * background. Throws errors that are not retryable.
   */
  async start(): Promise<void> {
    const first = this.#connect();
    const isConnected = await Promise.race([first, sleep(this.#options.clock, START_WAIT_MS)]);
    if (isConnected !== true) await this.#options.inventory.load();
    this.#loop = this.#keep(first);
  }

  /** Idempotent, and safe without start(). */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #keep(first: Promise<boolean>): Promise<void> {
    try {
      if (!(await first)) await this.#reconnect();
      await Promise.all([this.#maintain(), this.#options.watch.run(this.#stopping.signal)]);
    } catch (error) {
      this.#options.onFatal(error);
    }
  }

  async #reconnect(): Promise<void> {
    const { clock, random } = this.#options;
    const backoff = new Backoff(RECONNECT, random);
    const { signal } = this.#stopping;
    do {
      await sleep(clock, backoff.next(), signal);
    } while (!signal.aborted && !(await this.#connect()));
  }

  /** False when it is unavailable; throws errors that are not retryable. */
  async #connect(): Promise<boolean> {
    const { storage, inventory, latest, health, logger, recorder } = this.#options;
    try {
      await storage.start();
      await storage.maintain();
      await inventory.load();
      // Of any age: rows that are past retention may still be there, and say when an instance was last watched.
      const stored = await storage.latest(0);
      latest.restore(stored);
      recorder.restore(await storage.events.lastStatuses(), stored);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      health.notConnected(error.message);
      if (!this.#isOutageLogged) logger.warn("database unavailable, buffering samples", { error: error.message });
      this.#isOutageLogged = true;
      return false;
    }
    health.connected();
    logger.info("storage is ready", { kind: storage.kind, location: storage.location, instances: inventory.size });
    return true;
  }

  async #maintain(): Promise<void> {
    const { clock, health, logger, storage } = this.#options;
    const { signal } = this.#stopping;
    let waitMs = MAINTAIN_EVERY_MS;
    let failures = 0;
    let isLogged = false;
    for (;;) {
      await sleep(clock, waitMs, signal);
      if (signal.aborted) return;
      waitMs = MAINTAIN_EVERY_MS;
      try {
        await storage.maintain();
        failures = 0;
        isLogged = false;
      } catch (error) {
        failures++;
        waitMs = MAINTAIN_RETRY_MS;
        // The health logs an outage of the database; a first retryable failure may be its start.
        const isOutage = isRetryable(error) && (failures === 1 || !health.available);
        if (isOutage || isLogged) continue;
        logger.warn("partition maintenance failed", { error: messageOf(error) });
        isLogged = true;
      }
    }
  }
}
