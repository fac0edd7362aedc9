import { afterEach, describe, expect, test } from "@jest/globals";
import { systemClock } from "../platform/system-clock.ts";
import { SLOT_MS } from "./schedule/slots.ts";
import { HOUR_MS, later, simulated, startPipeline, stopPipelines } from "./testing/test-pipeline.ts";

afterEach(stopPipelines);

describe("Pipeline", () => {
  test("collects a new instance at once, then in its slot, once per interval", async () => {
    const { pipeline, rows, until } = startPipeline();
    // Until the thread has started, its slot may come first.
    pipeline.put(simulated(2));
    await until(() => rows.length > 0);

    pipeline.put(simulated(1));
    const own = () => rows.filter((row) => row.id === 1);
    await until(() => own().length >= 3);

    const [first, second, third] = own();
    expect(first!.timestampMs % 100).not.toBe(0);
    expect(second!.timestampMs % 100).toBe(0);
    // On a busy machine a slot is skipped, never shifted.
    expect((third!.timestampMs - second!.timestampMs) % 1_000).toBe(0);
    expect(own().every((row) => row.up === 1)).toBe(true);
  });

  test("an instance has no row of a slot from before it was added, however late the schedule is", async () => {
    const { pipeline, rows, until } = startPipeline();
    const freeMs = systemClock.monotonicMs() + 1_100;
    // Slots pass meanwhile, one of them that of the instance.
    while (systemClock.monotonicMs() < freeMs);
    const addedMs = systemClock.wallMs();
    pipeline.put(simulated(1));
    await until(() => rows.length >= 2);

    expect(rows.filter(({ timestampMs }) => timestampMs < addedMs - SLOT_MS)).toEqual([]);
  });

  test("keeps each instance in one of a fixed number of threads", async () => {
    const { pipeline, rows, until } = startPipeline(2);

    for (let id = 1; id <= 20; id++) pipeline.put(simulated(id));
    await until(() => new Set(rows.map((row) => row.id)).size === 20);
    // The first row of each is from its trial.
    await until(() => rows.length >= 60);

    expect(pipeline.stats.shards).toHaveLength(2);
    expect(pipeline.stats.shards.every((shard) => shard.running && shard.ticks > 0)).toBe(true);
  });

  test("does not deliver rows of a removed instance", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    pipeline.put(simulated(2));
    await until(() => rows.some((row) => row.id === 2));

    pipeline.remove(2);
    const removedAt = rows.length;
    await until(() => rows.slice(removedAt).filter((row) => row.id === 1).length >= 2);

    expect(rows.slice(removedAt).some((row) => row.id === 2)).toBe(false);
  });

  test("reads an instance's series on demand, once for all concurrent callers", async () => {
    const { pipeline, rows, snapshotIds, until } = startPipeline();
    pipeline.put({ ...simulated(-5), kind: "host", interval: 86_400 });
    await until(() => rows.length === 1);
    const before = pipeline.stats.shards[0]!.ticks;

    const snapshots = await Promise.all([pipeline.refresh(-5), pipeline.refresh(-5), pipeline.refresh(-5)]);

    expect(snapshots[0]!.layout.names).toContain("node_load1");
    expect(new Set(snapshots).size).toBe(1);
    // One from its first collection, one from the refresh.
    expect(snapshotIds).toEqual([-5, -5]);
    expect(pipeline.stats.shards[0]!.ticks).toBe(before + 1);
    expect(pipeline.stats.collected).toBe(1);
  });

  test("balances: every due collection is a row or counted as missed", async () => {
    const { pipeline, rows, stepWall, until } = startPipeline();
    for (let id = 1; id <= 29; id++) pipeline.put(simulated(id));
    pipeline.put(simulated(30, { fault: "hang", at: later() }));
    pipeline.put(simulated(31, { fault: "hang" }));
    await until(() => rows.filter((row) => row.id === 30 && row.up === 1).length >= 2);
    stepWall(HOUR_MS);
    await until(() => rows.some((row) => row.id === 30 && row.reason === "hung"));
    const hungAt = rows.length;
    await until(() => rows.length > hungAt + 60);

    await pipeline.stop();

    const { due, missedSuspended, collected, shards, trials } = pipeline.stats;
    const missed =
      missedSuspended + [...shards, ...trials].reduce((sum, { missed: m }) => sum + m.busy + m.overrun + m.replaced, 0);
    // Each instance was also collected when it was added, unless its slot came first.
    const atSlots = rows.filter((row) => row.timestampMs % SLOT_MS === 0).length;
    expect(atSlots + missed).toBe(due);
    expect(collected).toBe(rows.length);
  });

  test.each([
    ["an hour ahead", HOUR_MS],
    ["a day back", -24 * HOUR_MS],
  ])("counts a clock set %s as one step: nothing is missed for it, and no row is late", async (_name, stepMs) => {
    const { pipeline, rows, stepWall, until } = startPipeline();
    for (let id = 1; id <= 20; id++) pipeline.put(simulated(id));
    await until(() => rows.length > 20);
    const lateBefore = pipeline.stats.late.interval;

    stepWall(stepMs);
    pipeline.put(simulated(21));
    const steppedAt = rows.length;
    await until(() => rows.length > steppedAt + 60);

    const now = systemClock.wallMs() + stepMs;
    expect(rows.slice(-20).every((row) => Math.abs(now - row.timestampMs) < 60_000)).toBe(true);
    expect(pipeline.stats.clockSteps).toBe(1);
    // An overloaded machine may skip a second; the step would be at least 3,600 per instance.
    expect(pipeline.stats.missedSuspended).toBeLessThan(21 * 60);
    expect(pipeline.stats.late.interval - lateBefore).toBeLessThan(20);
  });
});
