import type { Inventory } from "../fleet/inventory.ts";
import type { LatestValues } from "../fleet/latest-values.ts";
import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isCloudMonitorError, messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";
import type { Storage } from "../model/storage.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { StorageWatch } from "./storage-watch.ts";

export interface StorageSupervisorOptions {
  readonly storage: Pick<Storage, "kind" | "location" | "start" | "maintain" | "latest">;
  readonly inventory: Inventory;
  readonly latest: LatestValues;
  readonly health: WriteHealth;
  readonly watch: StorageWatch;
  readonly retentionRawMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Told of an error that no retry can heal, after start() returned. */
  readonly onFatal: (error: unknown) => void;
}

const RECONNECT = { firstMs: 250, maxMs: 5_000 };
/** A start does not wait longer for the database; the tries go on behind. */
const START_WAIT_MS = 15_000;
/** Often, since only a process that lives that long can vouch for the time that passed. */
const MAINTAIN_EVERY_MS = 60_000;
const MAINTAIN_RETRY_MS = 30_000;

/** Keeps the storage reached and in order: connects until it succeeds, loads what it holds, makes and drops partitions. */
export class StorageSupervisor {
  readonly #options: StorageSupervisorOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #isAwayLogged = false;

  constructor(options: StorageSupervisorOptions) {
    this.#options = options;
  }

  /**
   * Tries once. When the storage is away the instances come from the snapshot, and the tries go on behind. Throws what no
   * retry can heal.
   */
  async start(): Promise<void> {
    const first = this.#connect();
    const isConnected = await Promise.race([first, sleep(this.#options.clock, START_WAIT_MS)]);
    if (isConnected !== true) await this.#options.inventory.load();
    this.#loop = this.#keep(first);
  }

  /** Safe twice and without start(). */
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

  /** False when it is away; throws what no retry can heal. */
  async #connect(): Promise<boolean> {
    const { storage, inventory, latest, clock, health, logger, retentionRawMs } = this.#options;
    try {
      await storage.start();
      await storage.maintain();
      await inventory.load();
      latest.restore(await storage.latest(clock.wallMs() - retentionRawMs));
    } catch (error) {
      if (!isCloudMonitorError(error) || !error.retryable) throw error;
      health.notConnected(error.message);
      if (!this.#isAwayLogged) logger.warn("the database is away; samples wait", { error: error.message });
      this.#isAwayLogged = true;
      return false;
    }
    health.connected();
    logger.info("storage is ready", { kind: storage.kind, location: storage.location, instances: inventory.size });
    return true;
  }

  async #maintain(): Promise<void> {
    const { clock, logger, storage } = this.#options;
    const { signal } = this.#stopping;
    let waitMs = MAINTAIN_EVERY_MS;
    let isFailing = false;
    for (;;) {
      await sleep(clock, waitMs, signal);
      if (signal.aborted) return;
      waitMs = MAINTAIN_EVERY_MS;
      try {
        await storage.maintain();
        isFailing = false;
      } catch (error) {
        if (!isFailing) logger.warn("partitions could not be looked after", { error: messageOf(error) });
        isFailing = true;
        waitMs = MAINTAIN_RETRY_MS;
      }
    }
  }
}
