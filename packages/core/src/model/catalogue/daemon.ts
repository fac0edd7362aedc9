import type { MetricDefinition } from "./definition.ts";

export const DAEMON_METRICS: readonly MetricDefinition[] = [];
