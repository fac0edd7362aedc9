import type { HealthParts } from "../api/http/context.ts";
import type { PipelineStats } from "../collection/pipeline-stats.ts";
import type { SinkStats } from "../delivery/delivery.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Storage } from "../model/storage.ts";

export interface HealthSources {
  readonly uptimeSeconds: number;
  readonly collection: Pick<PipelineStats, "shards" | "threadsRunning" | "threadsStuck" | "replaced">;
  /** Of the storage. */
  readonly delivery: Pick<SinkStats, "account" | "rowsMax" | "oldestSeconds">;
  readonly storage: Pick<Storage, "kind" | "location">;
  readonly writing: Pick<WriteHealth, "available" | "reason">;
  readonly discovery: Pick<Discovery, "problems">;
  /** False before the start is complete and once the stop has begun. */
  readonly isServing: boolean;
}

/** A fuller queue is reported, before anything is dropped. */
const QUEUE_SHARE_MAX = 0.9;
/** Samples that wait longer for an available storage are reported: it is too slow. */
const WAIT_MAX_SECONDS = 60;

/** The parts of /health and /-/ready about the daemon itself. */
export function healthParts(sources: HealthSources): HealthParts {
  const { collection, delivery, discovery, isServing, storage, uptimeSeconds, writing } = sources;
  const { available, reason } = writing;
  const { oldestSeconds, rowsMax } = delivery;
  const { hung, crashed } = collection.replaced;
  return {
    ready: isServing && available,
    problems: [...deliveryProblems(sources), ...threadProblems(collection), ...discovery.problems()],
    uptimeSeconds,
    storage: { kind: storage.kind, available, location: storage.location, reason },
    spool: {
      rows: delivery.account.waiting,
      rowsMax,
      oldestSeconds: oldestSeconds === null ? null : Math.round(oldestSeconds * 1000) / 1000,
      dropped: lostRows(delivery),
    },
    threads: {
      configured: collection.shards.length,
      running: collection.threadsRunning,
      stuck: collection.threadsStuck,
      replaced: hung + crashed,
    },
  };
}

function deliveryProblems({ delivery, writing }: HealthSources): string[] {
  const { account, oldestSeconds, rowsMax } = delivery;
  const dropped = lostRows(delivery);
  const problems: string[] = [];
  if (!writing.available) problems.push(`the storage accepts no samples: ${writing.reason}`);
  else if (oldestSeconds !== null && oldestSeconds > WAIT_MAX_SECONDS) {
    problems.push(`samples have waited ${Math.floor(oldestSeconds)} s for the storage`);
  }
  if (account.waiting > rowsMax * QUEUE_SHARE_MAX) problems.push("the queue of samples is nearly full");
  if (dropped > 0) problems.push(`${dropped} samples were dropped since the start`);
  return problems;
}

function threadProblems({ shards, threadsRunning, threadsStuck }: HealthSources["collection"]): string[] {
  const problems: string[] = [];
  if (threadsRunning < shards.length) {
    problems.push(`${shards.length - threadsRunning} of ${shards.length} collector threads are being replaced`);
  }
  if (threadsStuck > 0) {
    problems.push(
      `${threadsStuck} collector ${threadsStuck === 1 ? "thread is" : "threads are"} stuck in the kernel, in reads that do not return; a restart frees the memory`,
    );
  }
  return problems;
}

/** Rows that were not stored before and never will be. */
function lostRows({ account }: HealthSources["delivery"]): number {
  return account.dropped.queue_full + account.dropped.refused;
}
