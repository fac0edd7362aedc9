import { afterEach, describe, expect, test } from "@jest/globals";
import type { Config } from "../config/config.ts";
import type { Batch } from "../model/batch.ts";
import { COLUMN } from "../model/core-metrics.ts";
import { FAILURE_REASONS } from "../model/failure.ts";
import type { FailureReason } from "../model/failure.ts";
import type { Instance, Simulation } from "../model/instance.ts";
import { silentLogger } from "../model/logger.ts";
import { Pipeline } from "./pipeline.ts";
import { systemClock } from "./system-clock.ts";

/** Real threads and the real clock: waiting is for a row or a page to come, never for time to pass. */

const HOST: Config["host"] = {
  procfs: "/proc",
  sysfs: "/sys",
  rootfs: "/",
  udevData: "/run/udev/data",
  collectorsDisabled: [],
  filesystemMountPointsExclude: /^\/(dev|proc|sys)/,
  filesystemTypesExclude: /^(proc|sysfs|overlay)$/,
  diskDevicesExclude: /^(ram|loop)\d+$/,
  networkDevicesExclude: /^$/,
  timeZone: "UTC0",
  timeZoneFolder: "/usr/share/zoneinfo",
};

interface Row {
  readonly id: number;
  readonly timestampMs: number;
  readonly up: number;
  readonly reason: FailureReason;
}

const running: Pipeline[] = [];

function startPipeline(threads = 1) {
  const rows: Row[] = [];
  const waiting = new Set<() => void>();
  const pipeline = new Pipeline({
    shards: { threads, heapMaxMiB: 64, collectTimeoutMs: 10_000 },
    host: HOST,
    clock: systemClock,
    random: () => 0.5,
    logger: silentLogger,
    onBatch: (batch) => {
      rows.push(...rowsOf(batch));
      for (const look of waiting) look();
    },
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
  return { pipeline, rows, until };
}

function rowsOf(batch: Batch): Row[] {
  return Array.from(batch.ids, (id, row) => ({
    id,
    timestampMs: batch.timestamps[row]!,
    up: batch.columns[COLUMN.up]![row]!,
    reason: FAILURE_REASONS[batch.reasons[row]!]!,
  }));
}

function simulated(id: number, simulation: Simulation | null = null): Instance {
  return {
    id,
    name: `i-${id}`,
    ip: "10.0.0.1",
    interval: 1,
    kind: "simulated",
    target: null,
    labels: {},
    simulation,
    source: "api",
    createdAtMs: 0,
  };
}

afterEach(async () => {
  for (const pipeline of running.splice(0)) await pipeline.stop();
});

describe("Pipeline", () => {
  test("collects a new instance at once, then at its slot, once an interval", async () => {
    const { pipeline, rows, until } = startPipeline();

    pipeline.put(simulated(1));
    await until(() => rows.length === 3);

    const [, second, third] = rows;
    const intervals = (third!.timestampMs - second!.timestampMs) / 1_000;
    const { missedSuspended, shards } = pipeline.stats;
    // One, unless a machine that is too busy missed slots, which are counted.
    expect(intervals).toBeGreaterThanOrEqual(1);
    expect(intervals - 1).toBeLessThanOrEqual(missedSuspended + shards[0]!.missed.overrun);
    expect(Number.isInteger(intervals)).toBe(true);
    expect(second!.timestampMs % 100).toBe(0);
    expect(rows.map((row) => row.up)).toEqual([1, 1, 1]);
  });

  test("keeps each instance in one of a fixed number of threads", async () => {
    const { pipeline, rows, until } = startPipeline(2);

    for (let id = 1; id <= 20; id++) pipeline.put(simulated(id));
    await until(() => new Set(rows.map((row) => row.id)).size === 20);

    expect(pipeline.stats.shards).toHaveLength(2);
    expect(pipeline.stats.shards.every((shard) => shard.running && shard.ticks > 0)).toBe(true);
  });

  test("replaces a hung thread, leaves the culprit alone, and lets its neighbours go on", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    await until(() => rows.length > 0);

    pipeline.put(simulated(2, { fault: "hang" }));
    await until(() => rows.some((row) => row.reason === "hung"));
    const hungAt = rows.length;
    await until(() => rows.slice(hungAt).filter((row) => row.id === 1 && row.up === 1).length >= 2);
    await until(() => rows.filter((row) => row.reason === "hung").length >= 2);

    const [shard] = pipeline.stats.shards;
    expect(shard!.replaced).toEqual({ hung: 1, crashed: 0 });
    expect(rows.filter((row) => row.id === 2).every((row) => row.up === 0 && row.reason === "hung")).toBe(true);
    expect(shard!.missed.replaced).toBeLessThanOrEqual(2);
  });

  test("replaces a thread that ran out of memory, and its neighbours go on", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    await until(() => rows.length > 0);

    pipeline.put(simulated(2, { fault: "exhaust" }));
    await until(() => rows.some((row) => row.reason === "crashed"));
    const crashedAt = rows.length;
    await until(() => rows.slice(crashedAt).some((row) => row.id === 1 && row.up === 1));

    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 1 });
  });

  test("costs nobody else a row when an instance throws", async () => {
    const { pipeline, rows, until } = startPipeline();

    pipeline.put(simulated(1));
    pipeline.put(simulated(2, { fault: "throw" }));
    await until(() => rows.filter((row) => row.id === 1).length >= 2 && rows.filter((row) => row.id === 2).length >= 2);

    expect(rows.filter((row) => row.id === 1).every((row) => row.up === 1)).toBe(true);
    expect(rows.filter((row) => row.id === 2).every((row) => row.up === 0 && row.reason === "failed")).toBe(true);
    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
  });

  test("gives an instance another chance as soon as it is changed", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(2, { fault: "exhaust" }));
    await until(() => rows.some((row) => row.reason === "crashed"));

    pipeline.put(simulated(2, null));
    await until(() => rows.some((row) => row.id === 2 && row.up === 1));

    expect(rows.at(-1)).toMatchObject({ id: 2, up: 1 });
  });

  test("does not let a removed instance come back as a row", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    pipeline.put(simulated(2));
    await until(() => rows.some((row) => row.id === 2));

    pipeline.remove(2);
    const removedAt = rows.length;
    await until(() => rows.slice(removedAt).filter((row) => row.id === 1).length >= 2);

    expect(rows.slice(removedAt).some((row) => row.id === 2)).toBe(false);
  });

  test("reads this host's page on demand, once for all who ask together", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put({ ...simulated(-5), kind: "host", interval: 60 });
    await until(() => rows.length === 1);
    const before = pipeline.stats.shards[0]!.ticks;

    const pages = await Promise.all([pipeline.page(0), pipeline.page(0), pipeline.page(0)]);
    const cached = await pipeline.page(60_000);

    expect(pages[0]!.layout.names).toContain("node_load1");
    expect(new Set(pages).size).toBe(1);
    expect(cached).toBe(pages[0]);
    expect(pipeline.stats.shards[0]!.ticks).toBe(before + 1);
    expect(pipeline.stats.collected).toBe(1);
  });

  test("balances: every due collection is a row or counted as missed", async () => {
    const { pipeline, rows, until } = startPipeline();
    for (let id = 1; id <= 30; id++) pipeline.put(simulated(id));
    pipeline.put(simulated(31, { fault: "hang" }));
    await until(() => rows.some((row) => row.reason === "hung"));
    const hungAt = rows.length;
    await until(() => rows.length > hungAt + 60);

    await pipeline.stop();

    const { due, missedSuspended, collected, shards } = pipeline.stats;
    const missed = missedSuspended + shards.reduce((sum, { missed: m }) => sum + m.busy + m.overrun + m.replaced, 0);
    // Each instance was also collected once when it was added.
    expect(collected + missed).toBe(due + 31);
    expect(collected).toBe(rows.length);
  });

  test("stops in time while an instance hangs", async () => {
    const { pipeline } = startPipeline();
    pipeline.put(simulated(1, { fault: "hang" }));

    const ended = await pipeline.stop();

    expect(ended).toBe(true);
  });
});
