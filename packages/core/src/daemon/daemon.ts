import type { PrivateServer } from "@cloud-monitor/private-postgres";
import type { ApiServer } from "../api/http/server.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Exposition } from "../exposition/exposition.ts";
import type { EventRecorder } from "../fleet/events/event-recorder.ts";
import type { CollectorSwitches } from "../fleet/collector-switches.ts";
import type { Inventory } from "../fleet/inventory.ts";
import type { InventorySnapshot } from "../fleet/inventory-snapshot.ts";
import type { Clock } from "../model/clock.ts";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { formatListenAddress } from "../model/setting/values/listen-addresses.ts";
import type { Storage } from "../model/storage.ts";
import type { Pipeline } from "../collection/pipeline.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { ServiceManager } from "./systemd/service-manager.ts";
import { stopInOrder } from "./stop-in-order.ts";
import type { StorageSupervisor } from "./storage-supervisor.ts";
import type { Watchdog } from "./systemd/watchdog.ts";
import { VERSION } from "../version.ts";

export interface DaemonParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null with a DATABASE_URL or memory storage. */
  readonly privateServer: PrivateServer | null;
  readonly storage: Pick<Storage, "stop">;
  readonly supervisor: StorageSupervisor;
  readonly delivery: Delivery;
  readonly recorder: Pick<EventRecorder, "note" | "start" | "stop">;
  readonly pipeline: Pipeline;
  readonly switches: Pick<CollectorSwitches, "load">;
  readonly discovery: Pick<Discovery, "start" | "stop">;
  readonly inventory: Inventory;
  readonly snapshot: InventorySnapshot;
  readonly exposition: Exposition;
  readonly api: ApiServer;
  /** Those that serve only the metrics. */
  readonly metricsServers: readonly ApiServer[];
  readonly serviceManager: ServiceManager;
  readonly watchdog: Watchdog;
}

/** Maximum time for the last samples to reach the database. */
const FLUSH_DEADLINE_MS = 4_000;
const KILL_MS = 200;

/**
 * Start and stop order: dependencies start first and stop last. The HTTP server binds its address before everything else, so
 * that a port in use is found before the storage is opened, and serves requests once everything runs.
 */
export class Daemon {
  readonly #parts: DaemonParts;
  #serving = false;
  #hasStarted = false;
  #stopped: Promise<void> | null = null;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
  }

  /** True from the end of the start to the beginning of the stop. */
  get serving(): boolean {
    return this.#serving;
  }

  /** Resolves to the listen address. After a failure, stop() stops what was started. */
  async start(): Promise<{ host: string; port: number }> {
    const { api, delivery, discovery, inventory, supervisor, pipeline, recorder, switches } = this.#parts;
    const address = await api.listen();
    await this.#listenForScrapes();
    await supervisor.start();
    await switches.load();
    recorder.note("daemon_started", { version: VERSION });
    await recorder.start();
    delivery.start();
    pipeline.start();
    // The hosts of other daemons on the same database are in the inventory too; each daemon reads its own /proc.
    const isOurs = ({ id }: Instance) => id > 0 || id === inventory.hostId;
    inventory.subscribe({
      added: (instances) => instances.filter(isOurs).forEach((instance) => pipeline.put(instance)),
      changed: (_before, after) => void (isOurs(after) && pipeline.put(after)),
      removed: (instances) => instances.forEach(({ id }) => pipeline.remove(id)),
    });
    discovery.start();
    this.#serving = true;
    this.#hasStarted = true;
    const { serviceManager, watchdog } = this.#parts;
    watchdog.start();
    serviceManager.status(`listening on ${address.host}:${address.port}`);
    serviceManager.ready();
    return address;
  }

  async #listenForScrapes(): Promise<void> {
    for (const server of this.#parts.metricsServers) {
      this.#parts.logger.info("listening for scrapes", { address: formatListenAddress(await server.listen()) });
    }
  }

  /**
   * Idempotent, and safe after a failed start. Takes at most `withinMs` and never throws: a component that does not stop is
   * logged and abandoned.
   */
  stop(withinMs: number): Promise<void> {
    this.#serving = false;
    this.#stopped ??= this.#stop(withinMs);
    return this.#stopped;
  }

  async #stop(withinMs: number): Promise<void> {
    const { clock, delivery, discovery, exposition, supervisor, logger, pipeline, privateServer, recorder } =
      this.#parts;
    const { snapshot, storage } = this.#parts;
    this.#parts.serviceManager.stopping();
    if (this.#hasStarted) recorder.note("daemon_stopped", { version: VERSION });
    this.#parts.watchdog.stop();
    // It needs the end of its share to kill processes that do not stop.
    const stopServer = async (shareMs: number) => privateServer?.stop(Math.max(0, shareMs - KILL_MS));
    const steps = [
      { part: "HTTP server", stop: () => this.#closeServers(), maxMs: 1_000, reservedMs: 0 },
      { part: "discovery", stop: () => discovery.stop(), maxMs: 500, reservedMs: 0 },
      { part: "collectors", stop: () => pipeline.stop(), maxMs: 4_200, reservedMs: 0 },
      {
        part: "sample writer",
        stop: () => delivery.stop(FLUSH_DEADLINE_MS),
        maxMs: FLUSH_DEADLINE_MS + 100,
        reservedMs: 2_000,
      },
      { part: "events", stop: () => recorder.stop(), maxMs: 500, reservedMs: 100 },
      { part: "instance snapshot", stop: () => snapshot.stop(), maxMs: 1_000, reservedMs: 500 },
      { part: "storage supervisor", stop: () => supervisor.stop(), maxMs: 500, reservedMs: 200 },
      { part: "storage", stop: () => storage.stop(), maxMs: 1_000, reservedMs: 300 },
      { part: "private PostgreSQL", stop: stopServer, maxMs: withinMs, reservedMs: 1_000 },
    ];
    await stopInOrder(steps, { totalMs: withinMs, clock, logger });
    exposition.stop();
  }

  async #closeServers(): Promise<void> {
    const { api, metricsServers } = this.#parts;
    await Promise.all([api, ...metricsServers].map((server) => server.close()));
  }
}
