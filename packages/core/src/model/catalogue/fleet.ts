import type { MetricDefinition } from "./definition.ts";

export const FLEET_METRICS: readonly MetricDefinition[] = [];
