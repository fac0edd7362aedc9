import type { ApiContext } from "./http/context.ts";
import type { Route } from "./http/route.ts";
import { changeInstance } from "./instances/change-instance.ts";
import { collectInstance } from "./instances/collect-instance.ts";
import { createInstance } from "./instances/create-instance.ts";
import { createInstances } from "./instances/create-instances.ts";
import { acceptChange } from "./discovery/accept-change.ts";
import { getAvailability, getInstanceAvailability } from "./events/get-availability.ts";
import { listEvents } from "./events/list-events.ts";
import { listSources } from "./discovery/list-sources.ts";
import { listTargets } from "./discovery/list-targets.ts";
import { changeCollectors } from "./collectors/change-collectors.ts";
import { listCollectors } from "./collectors/list-collectors.ts";
import { testSource } from "./discovery/test-source.ts";
import { docs, docsFile } from "./web/docs.ts";
import { getHealth } from "./daemon/get-health.ts";
import { getHealthy } from "./daemon/get-healthy.ts";
import { getInstanceHistory } from "./instances/get-instance-history.ts";
import { getInstanceMetrics } from "./instances/get-instance-metrics.ts";
import { getInstanceSeries } from "./instances/get-instance-series.ts";
import { getInstance } from "./instances/get-instance.ts";
import { discoverTargets } from "./metrics/discover-targets.ts";
import { getInstanceMetricsPage } from "./metrics/get-instance-metrics-page.ts";
import { getMetrics } from "./metrics/get-metrics.ts";
import { getReady } from "./daemon/get-ready.ts";
import { landing } from "./web/landing.ts";
import { listInstances } from "./instances/list-instances.ts";
import { listLabels } from "./instances/list-labels.ts";
import { openapi } from "./web/get-openapi.ts";
import { profile } from "./daemon/profile.ts";
import { reload } from "./daemon/reload.ts";
import { removeInstance } from "./instances/remove-instance.ts";
import { removeInstances } from "./instances/remove-instances.ts";
import { tryInstance } from "./instances/try-instance.ts";

/** All routes. */
export function allRoutes(context: ApiContext): readonly Route[] {
  return [
    listInstances,
    createInstance,
    createInstances,
    tryInstance,
    removeInstances,
    listLabels,
    getInstance,
    changeInstance,
    removeInstance,
    getInstanceMetrics,
    collectInstance,
    getInstanceHistory,
    getInstanceSeries,
    listEvents,
    getAvailability,
    getInstanceAvailability,
    listSources,
    listTargets,
    testSource,
    acceptChange,
    getMetrics,
    getInstanceMetricsPage,
    discoverTargets,
    listCollectors,
    changeCollectors,
    getHealth,
    getHealthy,
    getReady,
    reload,
    profile,
    openapi,
    docs,
    docsFile,
    landing,
  ].map((define) => define(context));
}

/** The routes of an address that serves only the metrics. */
export function metricsRoutes(context: ApiContext): readonly Route[] {
  return [
    getMetrics(context, context.config().metrics.telemetryPath),
    getInstanceMetricsPage(context),
    getHealthy(context),
  ];
}
