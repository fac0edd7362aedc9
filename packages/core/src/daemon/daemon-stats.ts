import type { DaemonStats } from "../exposition/sources.ts";
import type { Clock } from "../model/clock.ts";
import type { Storage } from "../model/storage.ts";
import type { Pipeline } from "../collection/pipeline.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Reloader } from "./reload/reloader.ts";

export interface StatsSources {
  readonly version: string;
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline, "stats">;
  readonly health: WriteHealth;
  readonly delivery: Pick<Delivery, "stats">;
  readonly storage: Pick<Storage, "name" | "stats">;
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
    sinks: { storage: sinkOf(sources) },
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
      partitionsDropped: storage.stats.partitionsDropped,
      retentionHoldSeconds: storage.stats.retentionHoldSeconds,
    },
    configReloads: reloader.counts,
    logLinesDropped: sources.logLinesDropped(),
  };
}

function sinkOf({ clock, delivery, pipeline, storage }: StatsSources): DaemonStats["sinks"]["storage"] {
  const { account, oldestMs, retries, rowsMax } = delivery.stats(storage.name);
  const { found, delivered, waiting, quarantined, dropped } = account;
  return {
    found,
    // Counted where rows are made, not where they are appended: one that is lost on the way shows.
    collected: pipeline.stats.collected,
    delivered,
    waiting,
    quarantined,
    dropped,
    retries,
    rowsMax,
    oldestSeconds: oldestMs === null ? null : (clock.monotonicMs() - oldestMs) / 1000,
  };
}
