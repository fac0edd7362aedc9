import { describe, expect, test } from "@jest/globals";
import { ShardStats } from "../collection/main/shard-stats.ts";
import { healthParts } from "./health-parts.ts";
import type { HealthSources } from "./health-parts.ts";

const DROPPED = { queue_full: 0, duplicate_key: 5, refused: 0, shutdown: 0 };
const ACCOUNT = { found: 0, collected: 1_000, delivered: 995, waiting: 0, quarantined: 0, dropped: DROPPED };
const WELL: HealthSources = {
  uptimeSeconds: 61.5,
  collection: { shards: [new ShardStats()], threadsRunning: 1, threadsStuck: 0, replaced: { hung: 0, crashed: 0 } },
  delivery: { account: ACCOUNT, rowsMax: 100, oldestSeconds: null },
  storage: { kind: "postgres", location: "there" },
  writing: { available: true, reason: null },
  discovery: { problems: () => [] },
  isServing: true,
};

describe("health", () => {
  test("has no problems, and is ready, while samples are accepted", () => {
    expect(healthParts(WELL)).toMatchObject({
      ready: true,
      problems: [],
      storage: { available: true, reason: null },
      threads: { configured: 1, running: 1, stuck: 0, replaced: 0 },
    });
  });

  test("is neither while the storage accepts none, and says why", () => {
    const parts = healthParts({ ...WELL, writing: { available: false, reason: "it is read-only" } });

    expect(parts).toMatchObject({
      ready: false,
      problems: ["the storage accepts no samples: it is read-only"],
      storage: { available: false, reason: "it is read-only" },
    });
  });

  test("reports samples that wait long for an available storage: that is slow", () => {
    const delivery = { ...WELL.delivery, account: { ...ACCOUNT, waiting: 5 }, oldestSeconds: 75.5 };

    expect(healthParts({ ...WELL, delivery })).toMatchObject({
      ready: true,
      problems: ["samples have waited 75 s for the storage"],
    });
  });

  test("reports a nearly full queue, and lost rows, but not those that were stored before", () => {
    const dropped = { ...DROPPED, queue_full: 3, refused: 4 };
    const delivery = { ...WELL.delivery, account: { ...ACCOUNT, waiting: 91, dropped } };
    const parts = healthParts({ ...WELL, delivery });

    expect(parts.problems).toEqual(["the queue of samples is nearly full", "7 samples were dropped since the start"]);
    expect(parts.spool).toMatchObject({ rows: 91, dropped: 7 });
  });

  test("is not ready before the start is complete and from the stop on", () => {
    expect(healthParts({ ...WELL, isServing: false }).ready).toBe(false);
  });

  test("says how many threads are stuck in the kernel, and that a restart frees the memory", () => {
    const { problems, threads } = healthParts({ ...WELL, collection: { ...WELL.collection, threadsStuck: 2 } });

    expect(threads.stuck).toBe(2);
    expect(problems).toEqual([
      "2 collector threads are stuck in the kernel, in reads that do not return; a restart frees the memory",
    ]);
  });

  test("says how many threads are being replaced", () => {
    const collection = { ...WELL.collection, threadsRunning: 0, replaced: { hung: 2, crashed: 1 } };
    const { problems, threads } = healthParts({ ...WELL, collection });

    expect(problems).toEqual(["1 of 1 collector threads are being replaced"]);
    expect(threads).toMatchObject({ running: 0, replaced: 3 });
  });

  test("has the uptime of the monotonic clock", () => {
    expect(healthParts(WELL).uptimeSeconds).toBe(61.5);
  });
});
