import { COLLECTION_METRICS } from "../collection/pipeline-stats.ts";
import { DISCOVERY_METRICS } from "../discovery/discovery.ts";
import { HOST_FAMILIES } from "../collectors/registry.ts";
import { STORAGE_DELIVERY_METRICS } from "../delivery/storage-metrics.ts";
import { WRITE_HEALTH_METRICS } from "../delivery/write-health.ts";
import { OBSERVED_METRICS } from "../exposition/families/observed-metrics.ts";
import { RUNTIME_METRICS } from "../exposition/runtime/runtime-metrics.ts";
import { EVENT_METRICS } from "../fleet/events/event-recorder.ts";
import { SNAPSHOT_METRICS } from "../fleet/latest-snapshots.ts";
import { Catalogue } from "../model/catalogue/catalogue.ts";
import type { MetricDefinition } from "../model/catalogue/definition.ts";
import { FLEET_METRICS } from "../model/catalogue/fleet.ts";
import { metricSource } from "../model/own-metric.ts";
import type { MetricSource, OwnMetric } from "../model/own-metric.ts";
import { STORAGE_METRICS } from "../storage/store-stats.ts";
import { DAEMON_METRICS } from "./daemon-metrics.ts";
import { LOG_METRICS } from "./logging/log-metrics.ts";
import { RELOAD_METRICS } from "./reload/reloader.ts";

/** The components that declare metrics of their own. */
const PARTS = {
  daemon: DAEMON_METRICS,
  collection: COLLECTION_METRICS,
  snapshots: SNAPSHOT_METRICS,
  delivery: STORAGE_DELIVERY_METRICS,
  writeHealth: WRITE_HEALTH_METRICS,
  storage: STORAGE_METRICS,
  events: EVENT_METRICS,
  reload: RELOAD_METRICS,
  discovery: DISCOVERY_METRICS,
  log: LOG_METRICS,
};

type Parts = typeof PARTS;
export type PartStats = {
  readonly [Part in keyof Parts]: () => Parts[Part] extends readonly OwnMetric<infer Stats>[] ? Stats : never;
};

/** Binds the metrics of each component to its counters. */
export function ownMetrics(stats: PartStats): readonly MetricSource[] {
  return Object.entries(PARTS).map(([part, metrics]) =>
    metricSource(metrics as readonly OwnMetric<unknown>[], stats[part as keyof Parts]),
  );
}

/** The daemon's own metrics, in the order of docs/metrics.md. */
export const OWN_METRICS: readonly MetricDefinition[] = [
  ...Object.values(PARTS).flat(),
  ...OBSERVED_METRICS,
  ...RUNTIME_METRICS,
];

/** All families that the daemon may serve. */
export const CATALOGUE = new Catalogue([...HOST_FAMILIES, ...FLEET_METRICS, ...OWN_METRICS]);
