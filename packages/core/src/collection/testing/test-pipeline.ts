import type { HostOptions } from "../../collectors/registry.ts";
import { defaultOptions } from "../../collectors/testing/default-options.ts";
import type { Batch } from "../../model/batch.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import { FAILURE_REASONS } from "../../model/failure.ts";
import type { FailureReason } from "../../model/failure.ts";
import type { Instance, Simulation } from "../../model/instance.ts";
import { silentLogger } from "../../model/logger.ts";
import { Pipeline } from "../pipeline.ts";
import { NO_DEFINITIONS } from "../../model/target-definitions.ts";
import { systemClock } from "../../platform/system-clock.ts";

/** Real threads and the real clock: tests wait for a row or a snapshot, never for time to pass. */

/** Options of this host for tests. */
export const HOST: HostOptions = defaultOptions();

export const HOUR_MS = 3_600_000;

interface Row {
  readonly id: number;
  readonly timestampMs: number;
  readonly up: number;
  readonly reason: FailureReason;
}

const running: Pipeline[] = [];

export function startPipeline(threads = 1) {
  const rows: Row[] = [];
  const snapshotIds: number[] = [];
  let steppedMs = 0;
  const waiting = new Set<() => void>();
  const pipeline = new Pipeline({
    shards: { threads, heapMaxMiB: 64, collectTimeoutMs: 10_000 },
    host: HOST,
    targets: { allowLoopback: true, ownPort: 0 },
    definitions: () => NO_DEFINITIONS,
    clock: { ...systemClock, wallMs: () => systemClock.wallMs() + steppedMs },
    random: () => 0.5,
    logger: silentLogger,
    collectorLogger: silentLogger,
    onCollected: ({ batch, snapshots }) => {
      snapshotIds.push(...snapshots.map(({ instanceId }) => instanceId));
      rows.push(...rowsOf(batch));
      for (const look of waiting) look();
    },
    onRefreshed: ({ instanceId }) => void snapshotIds.push(instanceId),
  });
  running.push(pipeline);
  pipeline.start();
  const until = (predicate: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!predicate()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { pipeline, rows, snapshotIds, until, stepWall: (ms: number) => void (steppedMs += ms) };
}

function rowsOf(batch: Batch): Row[] {
  return Array.from(batch.ids, (id, row) => ({
    id,
    timestampMs: batch.timestamps[row]!,
    up: batch.columns[COLUMN.up]![row]!,
    reason: FAILURE_REASONS[batch.reasons[row]!]!,
  }));
}

export function simulated(id: number, simulation: Simulation | null = null): Instance {
  return {
    id,
    name: `i-${id}`,
    ip: "10.0.0.1",
    interval: 1,
    kind: "simulated",
    target: null,
    profile: null,
    module: null,
    labels: {},
    simulation,
    source: "api",
    createdAtMs: 0,
  };
}

/** Far enough ahead to be reached only by a step of the wall clock. */
export const later = (): string => new Date(systemClock.wallMs() + HOUR_MS).toISOString();

export async function stopPipelines(): Promise<void> {
  for (const pipeline of running.splice(0)) await pipeline.stop();
}
