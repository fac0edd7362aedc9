import { counter } from "../../model/own-metric.ts";
import type { OwnMetric } from "../../model/own-metric.ts";
import type { RootLogger } from "./logger.ts";

export const LOG_METRICS: readonly OwnMetric<Pick<RootLogger, "linesLost">>[] = [
  counter({
    name: "cloud_monitor_log_lines_dropped_total",
    help: "Log lines dropped by the rate limit or because the output did not accept them.",
    read: ({ linesLost }) => linesLost,
  }),
];
