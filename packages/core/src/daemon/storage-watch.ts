import type { Inventory } from "../fleet/inventory.ts";
import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isCloudMonitorError, messageOf } from "../model/errors.ts";
import type { Logger } from "../model/logger.ts";
import type { Storage } from "../model/storage.ts";
import type { WriteHealth } from "../delivery/write-health.ts";

export interface StorageWatchOptions {
  readonly storage: Pick<Storage, "probe" | "stats">;
  readonly inventory: Pick<Inventory, "reload" | "onDoubt">;
  readonly health: WriteHealth;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const LOOK_EVERY_MS = 1_000;
/** A storage that nobody writes to is asked so often. */
const PROBE_EVERY_MS = 5_000;
/** Connections that are lost again and again cost one load of the instances in so long; a doubt is settled at once. */
const RELOAD_EVERY_MS = 5_000;
const RELOAD_RETRY = { firstMs: 250, maxMs: 5_000 };

/** Watches a storage that is connected: whether it takes samples, and whether memory and storage agree on who exists. */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  /** `storage.stats.callsFailed` when the instances were last loaded: more since then, and others may have changed them. */
  #callsFailedAtLoad: number;
  #isInDoubt = false;
  #isFailureLogged = false;
  #wake = Promise.withResolvers<void>();

  constructor(options: StorageWatchOptions) {
    this.#options = options;
    this.#callsFailedAtLoad = options.storage.stats.callsFailed;
    options.inventory.onDoubt = () => {
      this.#isInDoubt = true;
      this.#wake.resolve();
    };
  }

  /** Until `signal` aborts; a call that has no answer then does not hold up the stop. */
  async run(signal: AbortSignal): Promise<void> {
    this.#callsFailedAtLoad = this.#options.storage.stats.callsFailed;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await Promise.race([Promise.all([this.#judge(signal), this.#probe(signal), this.#reload(signal)]), aborted]);
  }

  async #judge(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#options.health.update();
      await sleep(this.#options.clock, LOOK_EVERY_MS, signal);
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { clock, health, storage } = this.#options;
    for (;;) {
      await sleep(clock, LOOK_EVERY_MS, signal);
      if (signal.aborted) return;
      if (clock.monotonicMs() - health.lastOutcomeMs < PROBE_EVERY_MS) continue;
      health.asked();
      await storage.probe().then(
        () => health.succeeded(),
        (error: unknown) => health.failed(messageOf(error)),
      );
    }
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const backoff = new Backoff(RELOAD_RETRY, random);
    let loadedAtMs = clock.monotonicMs();
    for (;;) {
      await Promise.race([sleep(clock, LOOK_EVERY_MS, signal), this.#wake.promise]);
      if (signal.aborted) return;
      this.#wake = Promise.withResolvers<void>();
      const isDue = this.#isBehind() && clock.monotonicMs() - loadedAtMs >= RELOAD_EVERY_MS;
      if (!isDue && !this.#isInDoubt) continue;
      if (await this.#load()) {
        loadedAtMs = clock.monotonicMs();
        backoff.reset();
      } else {
        await sleep(clock, backoff.next(), signal);
      }
    }
  }

  #isBehind(): boolean {
    return this.#options.storage.stats.callsFailed > this.#callsFailedAtLoad;
  }

  async #load(): Promise<boolean> {
    const { inventory, logger, storage } = this.#options;
    const { callsFailed } = storage.stats;
    this.#isInDoubt = false;
    try {
      await inventory.reload();
    } catch (error) {
      this.#isInDoubt = true;
      const isPassing = isCloudMonitorError(error) && error.retryable;
      if (!isPassing && !this.#isFailureLogged) {
        logger.error("the instances could not be read again; it is tried on", { error: messageOf(error) });
        this.#isFailureLogged = true;
      }
      return false;
    }
    this.#isFailureLogged = false;
    this.#callsFailedAtLoad = callsFailed;
    return true;
  }
}
