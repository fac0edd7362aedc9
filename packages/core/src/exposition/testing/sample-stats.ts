import type { DaemonStats } from "../sources.ts";

/** Numbers that a daemon could have, all different. */
export const SAMPLE_STATS: DaemonStats = {
  version: "1.2.3",
  startedAtMs: 1_790_000_000_000,
  uptimeSeconds: 61.5,
  books: {
    foundInSpool: 11,
    collected: 1000,
    stored: 900,
    spooled: 80,
    quarantined: 7,
    dropped: { queue_full: 21, duplicate_key: 3 },
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
    retries: 8,
    partitionsDropped: { sample: 9 },
    retentionHoldSeconds: 600,
  },
  queue: { rows: 81, rowsMax: 1_000_000, oldestSeconds: null },
  configReloads: { success: 1, failure: 2 },
  logLinesDropped: 9,
};
