import { afterEach, describe, expect, test } from "@jest/globals";
import type { FailureReason } from "../../model/failure.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { HOUR_MS, later, simulated, startPipeline, stopPipelines } from "../testing/test-pipeline.ts";

afterEach(stopPipelines);

describe("an instance that blocks or terminates its thread", () => {
  test("keeps a new instance that hangs apart from those that respond", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    await until(() => rows.length > 1);

    pipeline.put(simulated(2, { fault: "hang" }));
    await until(() => rows.filter((row) => row.reason === "hung").length >= 2);

    const { shards, trials } = pipeline.stats;
    expect(shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
    expect(trials[0]!.replaced).toEqual({ hung: 1, crashed: 0 });
    expect(rows.filter((row) => row.id === 2).every((row) => row.up === 0 && row.reason === "hung")).toBe(true);
    expect(shards[0]!.missed.replaced).toBe(0);
  });

  test("loses no row of instances collected before and after it in the same tick", async () => {
    const { pipeline, rows, until } = startPipeline();
    const hourly = (id: number) => ({ ...simulated(id), interval: 3_600 });
    // While the first is collected, the others are queued for the next tick, in which the sixth hangs.
    for (let id = 1; id <= 5; id++) pipeline.put(hourly(id));
    pipeline.put({ ...hourly(6), simulation: { fault: "hang" } });
    for (let id = 7; id <= 12; id++) pipeline.put(hourly(id));

    await until(() => rows.length === 12);

    const up = rows.filter((row) => row.up === 1).map((row) => row.id);
    expect(up.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
    expect(pipeline.stats.trials[0]).toMatchObject({ replaced: { hung: 1 }, missed: { replaced: 0, overrun: 0 } });
  });

  test("collects every normal one of many newcomers although others among them hang or fill their heap", async () => {
    const { pipeline, rows, until } = startPipeline();
    const faultOf = (id: number) => (id === 8 ? "exhaust" : id % 4 === 0 ? "hang" : null);
    for (let id = 1; id <= 12; id++) {
      const fault = faultOf(id);
      pipeline.put(simulated(id, fault === null ? null : { fault }));
    }

    const idsWith = (reason: FailureReason) =>
      new Set(rows.filter((row) => row.reason === reason).map((row) => row.id));
    const lost = () => new Set([...idsWith("hung"), ...idsWith("crashed")]);
    await until(() => idsWith("none").size === 9 && lost().size === 3);

    expect(lost()).toEqual(new Set([4, 8, 12]));
    // On a busy machine the heap of 8 may not be full in time: then it is hung, too.
    expect([...idsWith("crashed")].filter((id) => id !== 8)).toEqual([]);
    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
  });

  test("replaces the thread of an instance that starts to hang, once, and no other instance loses a row", async () => {
    const { pipeline, rows, stepWall, until } = startPipeline();
    for (let id = 1; id <= 9; id++) pipeline.put(simulated(id));
    pipeline.put(simulated(10, { fault: "hang", at: later() }));
    await until(() => rows.filter((row) => row.id === 10 && row.up === 1).length >= 2);
    stepWall(HOUR_MS);
    await until(() => rows.some((row) => row.reason === "hung"));
    const hungAt = rows.length;
    await until(
      () =>
        new Set(
          rows
            .slice(hungAt)
            .filter((row) => row.up === 1)
            .map((row) => row.id),
        ).size === 9,
    );

    const [home] = pipeline.stats.shards;
    expect(home!.replaced).toEqual({ hung: 1, crashed: 0 });
    expect(home!.missed.replaced).toBe(0);
    expect(rows.filter((row) => row.reason === "hung").every((row) => row.id === 10)).toBe(true);
  });

  test("reports an instance that starts to fill its heap as crashed, also with an interval of a second", async () => {
    const { pipeline, rows, stepWall, until } = startPipeline();
    pipeline.put(simulated(1));
    pipeline.put(simulated(2, { fault: "exhaust", at: later() }));
    await until(() => rows.filter((row) => row.id === 2 && row.up === 1).length >= 2);
    stepWall(HOUR_MS);
    await until(() => rows.some((row) => row.id === 2 && row.up === 0));
    const crashedAt = rows.length;
    await until(() => rows.slice(crashedAt).some((row) => row.id === 1 && row.up === 1));

    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 1 });
    expect(new Set(rows.filter((row) => row.up === 0).map((row) => row.reason))).toEqual(new Set(["crashed"]));
  });

  test("loses no other instance's row when an instance throws", async () => {
    const { pipeline, rows, until } = startPipeline();

    pipeline.put(simulated(1));
    pipeline.put(simulated(2, { fault: "throw" }));
    await until(() => rows.filter((row) => row.id === 1).length >= 2 && rows.filter((row) => row.id === 2).length >= 2);

    expect(rows.filter((row) => row.id === 1).every((row) => row.up === 1)).toBe(true);
    expect(rows.filter((row) => row.id === 2).every((row) => row.up === 0 && row.reason === "failed")).toBe(true);
    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
  });

  test("puts an instance on trial again when it is changed into one that hangs", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    pipeline.put(simulated(2));
    await until(() => rows.filter((row) => row.id === 2 && row.up === 1).length >= 2);

    pipeline.put(simulated(2, { fault: "hang" }));
    await until(() => rows.some((row) => row.id === 2 && row.reason === "hung"));

    expect(pipeline.stats.shards[0]!.replaced).toEqual({ hung: 0, crashed: 0 });
  });

  test("does not blame a changed instance for a hang of its earlier version", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(2, { fault: "hang" }));
    // It is collected at once, so its thread hangs or is about to.
    pipeline.put(simulated(2));

    await until(() => rows.some((row) => row.id === 2 && row.up === 1));

    expect(rows.filter((row) => row.reason === "hung").length).toBeLessThanOrEqual(1);
  });

  test("drops an instance that is removed while it hangs", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(1));
    pipeline.put(simulated(2, { fault: "hang" }));
    pipeline.remove(2);
    pipeline.put(simulated(3));

    await until(() => rows.some((row) => row.id === 3) && rows.some((row) => row.id === 1));

    expect(rows.some((row) => row.id === 2)).toBe(false);
  });

  test("retries an instance as soon as it is changed", async () => {
    const { pipeline, rows, until } = startPipeline();
    pipeline.put(simulated(2, { fault: "exhaust" }));
    await until(() => rows.some((row) => row.reason === "crashed"));

    pipeline.put(simulated(2, null));
    await until(() => rows.some((row) => row.id === 2 && row.up === 1));

    expect(rows.at(-1)).toMatchObject({ id: 2, up: 1 });
  });

  test("stops in time while an instance hangs", async () => {
    const { pipeline } = startPipeline();
    pipeline.put(simulated(1, { fault: "hang" }));
    const startMs = systemClock.monotonicMs();

    const ended = await pipeline.stop();

    expect(ended).toBe(true);
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(10_000);
  });
});
