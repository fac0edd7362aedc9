import type { ApiServer } from "../api/server.ts";
import type { Exposition } from "../exposition/exposition.ts";
import type { Inventory } from "../fleet/inventory.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { messageOf } from "../model/errors.ts";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import type { Storage } from "../model/storage.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { Drain } from "../spool/drain.ts";
import type { PrivateServer } from "../storage/private-server/private-server.ts";
import type { ServiceManager } from "./service-manager.ts";
import type { StorageKeeper } from "./storage-keeper.ts";
import type { Watchdog } from "./watchdog.ts";

export interface DaemonParts {
  readonly logger: Logger;
  /** Null with a DATABASE_URL or memory storage. */
  readonly privateServer: PrivateServer | null;
  readonly storage: Storage;
  readonly keeper: StorageKeeper;
  readonly drain: Drain;
  readonly pipeline: Pipeline;
  readonly inventory: Inventory;
  readonly snapshot: Snapshot;
  readonly exposition: Exposition;
  readonly api: ApiServer;
  readonly serviceManager: ServiceManager;
  readonly watchdog: Watchdog;
}

/** Of the 10 s that a stop may take, what each step gets. */
const FLUSH_DEADLINE_MS = 4_000;

/** The order of life: what others lean on starts first and stops last. */
export class Daemon {
  readonly #parts: DaemonParts;
  #serving = false;
  #stopped: Promise<void> | null = null;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
  }

  /** Between the end of the start and the begin of the stop. */
  get serving(): boolean {
    return this.#serving;
  }

  /** Resolves to where it listens. After a throw, stop() takes down what had started. */
  async start(): Promise<{ host: string; port: number }> {
    const { api, drain, inventory, keeper, pipeline, serviceManager, watchdog } = this.#parts;
    await keeper.start();
    drain.start();
    pipeline.start();
    // The hosts of other daemons on the same database are in the inventory too; each daemon reads its own /proc.
    const isOurs = ({ id }: Instance) => id > 0 || id === inventory.hostId;
    inventory.subscribe({
      added: (instances) => instances.filter(isOurs).forEach((instance) => pipeline.put(instance)),
      changed: (_before, after) => void (isOurs(after) && pipeline.put(after)),
      removed: (instances) => instances.forEach(({ id }) => pipeline.remove(id)),
    });
    const address = await api.listen();
    this.#serving = true;
    watchdog.start();
    serviceManager.status(`listening on ${address.host}:${address.port}`);
    serviceManager.ready();
    return address;
  }

  /** Safe twice, and after a start that failed. Never throws: a part that will not stop is logged and left behind. */
  stop(): Promise<void> {
    this.#serving = false;
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { api, drain, exposition, keeper, pipeline, privateServer, serviceManager, snapshot, storage, watchdog } =
      this.#parts;
    const { logger } = this.#parts;
    serviceManager.stopping();
    watchdog.stop();
    await this.#step("HTTP server", () => api.close());
    await this.#step("collectors", async () => {
      if (!(await pipeline.stop())) logger.warn("a collector thread is stuck in the kernel and was left behind");
    });
    await this.#step("sample writer", () => drain.stop(storage.stats.available ? FLUSH_DEADLINE_MS : 0));
    exposition.stop();
    await this.#step("instance snapshot", () => snapshot.stop());
    await this.#step("storage keeper", () => keeper.stop());
    await this.#step("storage", () => storage.stop());
    if (privateServer !== null) await this.#step("private PostgreSQL", () => privateServer.stop());
  }

  async #step(part: string, stop: () => Promise<void>): Promise<void> {
    try {
      await stop();
    } catch (error) {
      this.#parts.logger.error("a part did not stop cleanly", { part, error: messageOf(error) });
    }
  }
}
