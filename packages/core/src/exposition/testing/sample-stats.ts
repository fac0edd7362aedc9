import type { DaemonStats } from "../sources.ts";

/** Numbers that a daemon could have, all different. */
export const SAMPLE_STATS: DaemonStats = {
  version: "1.2.3",
  startedAtMs: 1_790_000_000_000,
  uptimeSeconds: 61.5,
  sinks: {
    storage: {
      found: 11,
      collected: 1000,
      delivered: 900,
      waiting: 80,
      rowsMax: 1_000_000,
      quarantined: 7,
      dropped: { queue_full: 15, duplicate_key: 3, refused: 2, shutdown: 4 },
      oldestSeconds: null,
      retries: 8,
    },
  },
  schedule: { ticks: 600, clockSteps: 14, missed: { busy: 4, replaced: 0 }, late: { slot: 5, interval: 0 } },
  collections: { failed: { timeout: 6, hung: 1 }, collectorErrors: { cpu: 2 } },
  threads: {
    configured: 2,
    running: 1,
    stuck: 13,
    replacements: { hung: 1, crashed: 0 },
    tickCount: 599,
    tickSeconds: 12.5,
    tickSecondsMax: 0.25,
  },
  storage: {
    available: false,
    batches: 60,
    writeSeconds: 3.5,
    partitionsDropped: { sample: 9 },
    retentionHoldSeconds: 600,
  },
  configReloads: { success: 1, failure: 2 },
  logLinesDropped: 9,
};
