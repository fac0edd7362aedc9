import type { HealthParts } from "../api/http/context.ts";
import type { DaemonStats } from "../exposition/sources.ts";
import type { Storage } from "../model/storage.ts";
import type { WriteHealth } from "../delivery/write-health.ts";

export interface HealthSources {
  readonly stats: () => DaemonStats;
  readonly storage: Pick<Storage, "kind" | "location">;
  readonly writing: Pick<WriteHealth, "available" | "reason">;
  /** False before the start is complete and from the stop on. */
  readonly serving: () => boolean;
}

/** A queue this full says so before it drops anything. */
const QUEUE_SHARE_MAX = 0.9;
/** Samples that wait longer for a storage that takes some say so: it is too slow. */
const WAIT_MAX_SECONDS = 60;

/** What /health and /-/ready tell of the daemon itself. */
export function healthParts(sources: HealthSources): HealthParts {
  const { storage, writing } = sources;
  const { available, reason } = writing;
  const stats = sources.stats();
  const { threads } = stats;
  const { oldestSeconds, rowsMax, waiting, ...rows } = stats.sinks.storage;
  const dropped = rows.dropped.queue_full + rows.dropped.refused;
  const problems: string[] = [];
  if (!available) problems.push(`the storage takes no samples: ${reason}`);
  else if (oldestSeconds !== null && oldestSeconds > WAIT_MAX_SECONDS) {
    problems.push(`samples have waited ${Math.floor(oldestSeconds)} s for the storage`);
  }
  if (waiting > rowsMax * QUEUE_SHARE_MAX) problems.push("the queue of samples is nearly full");
  if (dropped > 0) problems.push(`${dropped} samples were dropped since the start`);
  if (threads.running < threads.configured) {
    problems.push(
      `${threads.configured - threads.running} of ${threads.configured} collector threads are being replaced`,
    );
  }
  if (threads.stuck > 0) {
    problems.push(
      `${threads.stuck} collector ${threads.stuck === 1 ? "thread is" : "threads are"} stuck in the kernel, in reads that do not return; a restart frees the memory`,
    );
  }
  return {
    ready: sources.serving() && available,
    problems,
    uptimeSeconds: stats.uptimeSeconds,
    storage: {
      kind: storage.kind,
      available,
      location: storage.location,
      reason,
    },
    spool: {
      rows: waiting,
      rowsMax,
      oldestSeconds: oldestSeconds === null ? null : Math.round(oldestSeconds * 1000) / 1000,
      dropped,
    },
    threads: {
      configured: threads.configured,
      running: threads.running,
      stuck: threads.stuck,
      replaced: Object.values(threads.replacements).reduce((sum, count) => sum + count, 0),
    },
  };
}
