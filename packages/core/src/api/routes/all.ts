import type { ApiContext } from "../context.ts";
import type { Route } from "../route.ts";
import { changeInstance } from "./change-instance.ts";
import { createInstance } from "./create-instance.ts";
import { createInstances } from "./create-instances.ts";
import { docs, docsFile } from "./docs.ts";
import { getHealth } from "./get-health.ts";
import { getHealthy } from "./get-healthy.ts";
import { getInstanceHistory } from "./get-instance-history.ts";
import { getInstanceMetrics } from "./get-instance-metrics.ts";
import { getInstance } from "./get-instance.ts";
import { getMetrics } from "./get-metrics.ts";
import { getReady } from "./get-ready.ts";
import { landing } from "./landing.ts";
import { listInstances } from "./list-instances.ts";
import { openapi } from "./openapi.ts";
import { profile } from "./profile.ts";
import { reload } from "./reload.ts";
import { removeInstance } from "./remove-instance.ts";
import { removeInstances } from "./remove-instances.ts";

/** Every route there is. */
export function allRoutes(context: ApiContext): readonly Route[] {
  return [
    listInstances,
    createInstance,
    createInstances,
    removeInstances,
    getInstance,
    changeInstance,
    removeInstance,
    getInstanceMetrics,
    getInstanceHistory,
    getMetrics,
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
