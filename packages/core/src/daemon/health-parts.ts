import type { HealthParts } from "../api/context.ts";
import type { DaemonStats } from "../exposition/sources.ts";
import type { Clock } from "../model/clock.ts";
import type { Storage } from "../model/storage.ts";

export interface HealthSources {
  readonly stats: () => DaemonStats;
  readonly storage: Storage;
  readonly clock: Clock;
  /** False before the start is complete and from the stop on. */
  readonly serving: () => boolean;
}

/** A queue this full says so before it drops anything. */
const QUEUE_SHARE_MAX = 0.9;

/** What /health and /-/ready tell of the daemon itself. */
export function healthParts(sources: HealthSources): HealthParts {
  const { storage, clock } = sources;
  const stats = sources.stats();
  const { queue, threads } = stats;
  const dropped = stats.books.dropped["queue_full"]! + stats.books.dropped["refused"]!;
  const problems: string[] = [];
  if (!storage.stats.available) problems.push(`storage is away: ${storage.stats.unavailableReason ?? "starting"}`);
  if (queue.rows > queue.rowsMax * QUEUE_SHARE_MAX) problems.push("the queue of samples is nearly full");
  if (dropped > 0) problems.push(`${dropped} samples were dropped since the start`);
  if (threads.running < threads.configured) {
    problems.push(
      `${threads.configured - threads.running} of ${threads.configured} collector threads are being replaced`,
    );
  }
  return {
    ready: sources.serving() && storage.stats.available,
    problems,
    uptimeSeconds: (clock.wallMs() - stats.startedAtMs) / 1000,
    storage: {
      kind: storage.kind,
      available: storage.stats.available,
      location: storage.location,
      reason: storage.stats.unavailableReason,
    },
    spool: { rows: queue.rows, rowsMax: queue.rowsMax, oldestSeconds: queue.oldestSeconds, dropped },
    threads: {
      configured: threads.configured,
      running: threads.running,
      replaced: Object.values(threads.replacements).reduce((sum, count) => sum + count, 0),
    },
  };
}
