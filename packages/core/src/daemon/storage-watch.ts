import type { Inventory } from "../fleet/inventory.ts";
import { Backoff } from "../model/backoff.ts";
import type { Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import { isRetryable, messageOf } from "../model/errors.ts";
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
/** Interval of probes while there are no writes. */
const PROBE_EVERY_MS = 5_000;
/** Minimum interval between loads of the instances while connections are lost repeatedly; a doubt is resolved at once. */
const RELOAD_EVERY_MS = 5_000;
const RELOAD_RETRY = { firstMs: 250, maxMs: 5_000 };

/** Watches a connected storage: whether it accepts samples, and whether memory and storage have the same instances. */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  /** `storage.stats.callsFailed` when the instances were last loaded: if it is higher now, others may have changed them. */
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

  /** Runs until `signal` is aborted; a pending call then does not delay the shutdown. */
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
      health.probeStarted();
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
      if (!isRetryable(error) && !this.#isFailureLogged) {
        logger.error("instances could not be reloaded, retrying", { error: messageOf(error) });
        this.#isFailureLogged = true;
      }
      return false;
    }
    this.#isFailureLogged = false;
    this.#callsFailedAtLoad = callsFailed;
    return true;
  }
}
