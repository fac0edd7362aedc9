import { randomUUID } from "node:crypto";
import { NodeProfiler } from "../api/daemon/node-profiler.ts";
import type { ApiContext } from "../api/http/context.ts";
import { createMetricsServers, createServer } from "../api/http/server.ts";
import { apiLogger } from "./logging/api-logger.ts";
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/loaded-config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { Exposition } from "../exposition/exposition.ts";
import { EventRecorder } from "../fleet/events/event-recorder.ts";
import { CollectorSwitches } from "../fleet/collector-switches.ts";
import { Fleet } from "../fleet/fleet.ts";
import { hostInstance } from "../fleet/host-instance.ts";
import { Inventory } from "../fleet/inventory.ts";
import { LatestSnapshots } from "../fleet/latest-snapshots.ts";
import { LatestValues } from "../fleet/latest-values.ts";
import { InventorySnapshot } from "../fleet/inventory-snapshot.ts";
import { labelsOf } from "../model/setting/values/label-pairs.ts";
import type { Storage } from "../model/storage.ts";
import { Pipeline } from "../collection/pipeline.ts";
import { systemClock as clock, systemRandom as random, yieldToLoop } from "../platform/system-clock.ts";
import { Delivery } from "../delivery/delivery.ts";
import { WriteHealth } from "../delivery/write-health.ts";
import type { WriteHealthOptions } from "../delivery/write-health.ts";
import { VERSION } from "../version.ts";
import { CATALOGUE, ownMetrics } from "./catalogue.ts";
import { composeDiscovery, targetRulesOf } from "./compose-discovery.ts";
import { chooseStorage } from "./choose-storage.ts";
import { Daemon } from "./daemon.ts";
import { healthParts } from "./health-parts.ts";
import { LiveConfig } from "./reload/live-config.ts";
import type { RootLogger } from "./logging/logger.ts";
import { releaseMemory } from "../platform/release-memory.ts";
import { rateLimited } from "./logging/rate-limited-logger.ts";
import { Reloader } from "./reload/reloader.ts";
import type { ServiceManager } from "./systemd/service-manager.ts";
import { StorageSupervisor } from "./storage-supervisor.ts";
import { storageSink } from "./storage-sink.ts";
import { StorageWatch } from "./storage-watch.ts";
import { Watchdog } from "./systemd/watchdog.ts";

/** A collector that fails at every reading is logged every ten minutes; its success series shows the rest. */
const FAILURES_LOGGED = { everyMs: 600_000, keyFields: ["collector", "instance"] };
/** A thread that keeps dying is restarted every few seconds; an instance that terminates its thread is logged each time, since its back-off is longer than this. */
const THREADS_LOGGED = { everyMs: 10_000, keyFields: ["shard", "instanceId"] };

/** Enough for the series of this host and of a hundred similar targets. */
const SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024;

export interface ComposeOptions {
  readonly loaded: LoadedConfig;
  readonly startedAtMs: number;
  readonly logger: RootLogger;
  readonly serviceManager: ServiceManager;
  /** Reloads all sources of the configuration. */
  readonly reload: () => Promise<LoadedConfig>;
  /** Called with a fatal error once the daemon runs. */
  readonly onFatal: (error: unknown) => void;
}

export interface Composition {
  readonly daemon: Daemon;
  readonly reloader: Reloader;
  readonly storage: Storage;
  readonly inventory: Inventory;
}

/** Creates every object of the daemon and passes each its dependencies. There is no logic here, only the wiring. */
export function compose(options: ComposeOptions): Composition {
  const { logger, serviceManager } = options;
  const { config } = options.loaded;
  const live = new LiveConfig(options.loaded);

  const storing = composeStoring(config, logger);
  const knowing = composeKnowing(options, storing, (id) => pipeline.refresh(id));
  const pipeline: Pipeline = composeCollecting(options, live, { ...storing, ...knowing });
  const switches = new CollectorSwitches({
    stateDir: config.stateDir,
    host: config.host,
    logger: logger.child("fleet"),
    onChange: (enabled) => pipeline.hostCollectors.enable(enabled),
  });
  const discovery = composeDiscovery({
    loaded: options.loaded,
    live,
    inventory: knowing.inventory,
    clock,
    random,
    logger,
  });
  const reloader = new Reloader({
    live,
    load: options.reload,
    setLogLevel: (level) => logger.setLevel(level),
    setHostInterval: (seconds) => knowing.inventory.changeHostInterval(seconds),
    useDefinitions: ({ jobs }) => {
      pipeline.useDefinitions();
      discovery.recheck();
      discovery.useJobs(jobs);
    },
    logger: logger.child("config"),
  });
  const serving = composeServing(options, {
    ...storing,
    ...knowing,
    pipeline,
    switches,
    discovery,
    reloader,
    live,
    isServing: () => daemon.serving,
  });
  const heartbeats = [() => pipeline.lastTickMs, () => storing.delivery.stats(storing.storage.name).lastTurnMs];
  const watchdog = new Watchdog({ serviceManager, clock, heartbeats });
  const daemon: Daemon = new Daemon({
    ...storing,
    ...knowing,
    ...serving,
    clock,
    pipeline,
    switches,
    discovery,
    logger,
    serviceManager,
    watchdog,
  });
  return { daemon, reloader, storage: storing.storage, inventory: knowing.inventory };
}

/** The collection, which tells the latest values first, then what stores. */
function composeCollecting(
  { loaded: { config }, logger }: ComposeOptions,
  live: LiveConfig,
  {
    latest,
    snapshots,
    delivery,
    recorder,
  }: Pick<Knowing, "latest" | "snapshots"> & Pick<Storing, "delivery" | "recorder">,
): Pipeline {
  return new Pipeline({
    shards: config.shards,
    host: config.host,
    targets: targetRulesOf(config),
    definitions: () => live.definitions,
    clock,
    random,
    logger: rateLimited(logger.child("collection"), clock, THREADS_LOGGED),
    collectorLogger: rateLimited(logger.child("collection"), clock, FAILURES_LOGGED),
    onCollected: ({ batch, snapshots: collected }) => {
      latest.record(batch);
      for (const one of collected) snapshots.record(one);
      delivery.append(batch, collected);
    },
    onRefreshed: (refreshed) => snapshots.record(refreshed),
    onThreadReplaced: (loss) => recorder.note("thread_replaced", { ...loss }),
  });
}

/** The delivery of rows, and of the events with them. */
function composeStoring(config: Config, logger: RootLogger) {
  const { privateServer, storage } = chooseStorage(config, { clock, random, logger });
  const storageLogger = logger.child("storage");
  const oldestWaitingMs = () => delivery.stats(storage.name).oldestMs;
  const host = hostInstance(config.instances.hostName, config.instances.defaultInterval, clock.wallMs());
  const recorder = new EventRecorder({ storage, clock, newId: randomUUID, host, oldestWaitingMs });
  const onOutage: WriteHealthOptions["onOutage"] = ({ fromMs, ...details }) =>
    recorder.note("storage_outage", details, fromMs);
  const health = new WriteHealth({ clock, logger: storageLogger, oldestWaitingMs, onOutage });
  const sinks = [storageSink({ storage, sink: recorder, health, rowsMax: config.storage.queueRowsMax })];
  const delivery: Delivery = new Delivery({ sinks, clock, random, newId: randomUUID, logger: storageLogger });
  return { privateServer, storage, health, delivery, recorder, host };
}

/** The instances and their latest values. */
function composeKnowing(
  { loaded: { config }, logger, onFatal }: ComposeOptions,
  { storage, health, host, recorder }: Storing,
  refresh: Pipeline["refresh"],
) {
  const latest = new LatestValues(clock);
  const snapshots = new LatestSnapshots({ clock, bytesMax: SNAPSHOT_BYTES_MAX, refresh });
  const snapshot = new InventorySnapshot({ stateDir: config.stateDir, clock, logger: logger.child("fleet") });
  const inventory = new Inventory({ store: storage.instances, snapshot, host });
  inventory.subscribe(recorder.listener);
  const fleet = new Fleet({ inventory, latest, snapshots, tracker: recorder.tracker, clock });
  const keeping = { storage, inventory, health, clock, random, logger: logger.child("storage") };
  const watch = new StorageWatch(keeping);
  const supervisor = new StorageSupervisor({ ...keeping, watch, latest, recorder, onFatal });
  return { latest, snapshots, snapshot, inventory, fleet, supervisor };
}

type Storing = ReturnType<typeof composeStoring>;
type Knowing = ReturnType<typeof composeKnowing>;
type Served = Storing &
  Knowing & {
    readonly pipeline: Pipeline;
    readonly switches: CollectorSwitches;
    readonly discovery: Discovery;
    readonly reloader: Reloader;
    readonly live: LiveConfig;
    readonly isServing: () => boolean;
  };

/** The HTTP side. */
function composeServing({ logger, startedAtMs }: ComposeOptions, parts: Served) {
  const { fleet, health, inventory, live, pipeline, reloader, snapshots, storage } = parts;
  const delivered = () => parts.delivery.stats(storage.name);
  const own = ownMetrics({
    daemon: () => ({ version: VERSION, startedAtMs, uptimeSeconds: uptimeSeconds() }),
    collection: () => pipeline.stats,
    snapshots: () => snapshots,
    delivery: delivered,
    writeHealth: () => health,
    storage: () => storage.stats,
    events: () => parts.recorder,
    reload: () => reloader,
    discovery: () => parts.discovery,
    log: () => logger,
  });
  const exposition = new Exposition(
    { fleet, own },
    {
      catalogue: CATALOGUE,
      clock,
      yieldToLoop,
      instancesMax: () => live.current.metrics.instancesMax,
      cacheTtlMs: () => live.current.metrics.cacheTtlMs,
      labels: labelsOf(live.current.metrics.labels),
      collectors: () => pipeline.hostCollectors.state.enabled,
    },
  );
  const context: ApiContext = {
    version: VERSION,
    config: () => live.current,
    targetRules: targetRulesOf(live.current),
    definitions: () => live.definitions,
    discovery: parts.discovery,
    dryRun: (instance) => pipeline.dryRun(instance),
    collect: (id) => pipeline.collect(id),
    clock,
    yieldToLoop,
    logger: apiLogger(logger.child("api"), clock),
    fleet,
    inventory,
    storage,
    exposition,
    isOpen: parts.isServing,
    health: () =>
      healthParts({
        uptimeSeconds: uptimeSeconds(),
        collection: pipeline.stats,
        delivery: delivered(),
        storage,
        writing: health,
        discovery: parts.discovery,
        isServing: parts.isServing(),
      }),
    reload: () => reloader.reload(),
    collectors: collectorsOf(parts),
    profiler: new NodeProfiler(clock, releaseMemory),
    httpRecorder: exposition.http,
  };
  return { exposition, api: createServer(context), metricsServers: createMetricsServers(context) };
}

function collectorsOf({ pipeline, switches }: Pick<Served, "pipeline" | "switches">): ApiContext["collectors"] {
  return {
    switches,
    hung: () => pipeline.hostCollectors.state.hung,
    lastSuccessSeconds: () => pipeline.stats.collectorSuccesses,
  };
}

/** The monotonic clock counts from the start of the process. */
function uptimeSeconds(): number {
  return clock.monotonicMs() / 1000;
}
