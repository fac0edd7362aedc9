import type { MetricDefinition } from "./definition.ts";

export const HOST_METRICS: readonly MetricDefinition[] = [];
