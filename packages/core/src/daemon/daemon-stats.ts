import type { DaemonStats } from "../exposition/sources.ts";
import type { Clock } from "../model/clock.ts";
import type { Storage } from "../model/storage.ts";
import type { Pipeline } from "../collection/pipeline.ts";
import type { Drain } from "../delivery/drain.ts";
import type { Spool } from "../delivery/spool.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Reloader } from "./reload/reloader.ts";

export interface StatsSources {
  readonly version: string;
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline, "stats">;
  readonly spool: Spool;
  readonly health: WriteHealth;
  readonly drain: Drain;
  readonly storage: Pick<Storage, "stats">;
  readonly reloader: Reloader;
  readonly logLinesDropped: () => number;
}

/** Gathers the plain numbers of every part into the shape that the exposition serves. */
export function daemonStats(sources: StatsSources): DaemonStats {
  const { pipeline, storage, reloader } = sources;
  const collecting = pipeline.stats;
  const { shards, trials } = collecting;
  const all = [...shards, ...trials];
  const sum = (of: (shard: (typeof all)[number]) => number) => all.reduce((total, shard) => total + of(shard), 0);
  const { none: _, ...failed } = collecting.failed;
  return {
    version: sources.version,
    startedAtMs: sources.startedAtMs,
    // The monotonic clock counts from the start of the process.
    uptimeSeconds: sources.clock.monotonicMs() / 1000,
    books: booksOf(sources),
    schedule: {
      ticks: sum((shard) => shard.ticks),
      missed: {
        busy: sum((shard) => shard.missed.busy),
        overrun: sum((shard) => shard.missed.overrun),
        replaced: sum((shard) => shard.missed.replaced),
        suspended: collecting.missedSuspended,
      },
      clockSteps: collecting.clockSteps,
      late: { slot: collecting.lateSlot, interval: collecting.lateInterval },
    },
    collections: { failed, collectorErrors: Object.fromEntries(collecting.collectorErrors) },
    threads: {
      configured: shards.length,
      running: shards.filter((shard) => shard.running).length,
      stuck: collecting.threadsStuck,
      replacements: { hung: sum((shard) => shard.replaced.hung), crashed: sum((shard) => shard.replaced.crashed) },
      tickCount: sum((shard) => shard.ticks),
      tickSeconds: sum((shard) => shard.tickMsSum) / 1000,
      tickSecondsMax: Math.max(...all.map((shard) => shard.tickMsMax)) / 1000,
    },
    storage: {
      available: sources.health.available,
      batches: storage.stats.batchesWritten,
      writeSeconds: storage.stats.writeSeconds,
      retries: sources.drain.stats.retries,
      partitionsDropped: storage.stats.partitionsDropped,
      retentionHoldSeconds: storage.stats.retentionHoldSeconds,
    },
    queue: queueOf(sources),
    configReloads: reloader.counts,
    logLinesDropped: sources.logLinesDropped(),
  };
}

function booksOf({ pipeline, spool, drain }: StatsSources): DaemonStats["books"] {
  const { stored, quarantined, duplicates, refused, shutdown } = drain.stats;
  return {
    // The spool lives in memory: a new process finds nothing in it.
    foundInSpool: 0,
    collected: pipeline.stats.collected,
    stored,
    spooled: spool.stats.rows,
    quarantined,
    dropped: { queue_full: spool.stats.droppedFull, duplicate_key: duplicates, refused, shutdown },
  };
}

function queueOf({ spool, clock }: StatsSources): DaemonStats["queue"] {
  const { rows, rowsMax, oldestMs } = spool.stats;
  return { rows, rowsMax, oldestSeconds: oldestMs === null ? null : (clock.monotonicMs() - oldestMs) / 1000 };
}
