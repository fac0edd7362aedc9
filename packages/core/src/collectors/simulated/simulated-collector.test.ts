import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { InstanceRef, CollectContext } from "../../model/collector.ts";
import { COLUMN, CORE_METRICS } from "../../model/core-metrics.ts";
import { SIMULATION_PROFILES } from "../../model/instance.ts";
import type { Simulation } from "../../model/instance.ts";
import { SimulatedCollector } from "./simulated-collector.ts";

const START_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;

function instance(simulation: Simulation | null, name = "web-1"): InstanceRef {
  return {
    id: 1,
    name,
    ip: "10.0.0.1",
    kind: "simulated",
    interval: 5,
    target: null,
    simulation,
    createdAtMs: START_MS,
  };
}

function context(wallMs: number, signal: AbortSignal | null = null): CollectContext {
  return { occasion: "tick", wallMs, monotonicMs: wallMs - START_MS, signal };
}

function unexpected(): never {
  throw new Error("a simulated instance has no series");
}

function collect(simulation: Simulation | null, wallMs: number, name?: string): number[] {
  const values = CORE_METRICS.map(() => NaN);
  const collector = new SimulatedCollector(() => Promise.resolve());
  void collector.collect(instance(simulation, name), context(wallMs), {
    column: (column, value) => void (values[column] = value),
    series: unexpected,
    family: unexpected,
    problem: unexpected,
  });
  return values;
}

describe("SimulatedCollector", () => {
  test("keeps every value in its range, for any seed, profile and time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.constantFrom(...SIMULATION_PROFILES),
        fc.integer({ min: 0, max: 400 * DAY_MS }),
        (seed, profile, ageMs) => {
          const values = collect({ seed, profile }, START_MS + ageMs);

          for (const metric of CORE_METRICS) {
            if (metric.name === "up" || metric.name === "collect_duration_seconds") continue;
            const value = values[COLUMN[metric.name]]!;
            expect(Number.isFinite(value) && value >= 0).toBe(true);
            if (metric.unit === "percent") expect(value).toBeLessThanOrEqual(100);
          }
        },
      ),
    );
  });

  test("plays the same curve for the same seed, and another for another", () => {
    const first = collect({ seed: 7 }, START_MS + DAY_MS);
    const again = collect({ seed: 7 }, START_MS + DAY_MS, "another-name");
    const other = collect({ seed: 8 }, START_MS + DAY_MS);

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("boots at its creation, and its uptime falls back at each restart", () => {
    const uptimes = Array.from(
      { length: 24 * 30 },
      (_, hour) => collect({ seed: 3 }, START_MS + hour * 3_600_000)[COLUMN.uptime_seconds]!,
    );

    expect(uptimes[0]).toBe(0);
    expect(uptimes[1]).toBe(3_600);
    expect(uptimes.some((uptime, hour) => hour > 0 && uptime < uptimes[hour - 1]!)).toBe(true);
  });

  test("leaks memory until the restart frees it", () => {
    const samples = Array.from({ length: 24 * 30 }, (_, hour) =>
      collect({ seed: 3, profile: "web" }, START_MS + hour * 3_600_000),
    );
    const restart = samples.findIndex(
      (values, hour) => hour > 0 && values[COLUMN.uptime_seconds]! < samples[hour - 1]![COLUMN.uptime_seconds]!,
    );

    const young = samples[1]![COLUMN.memory_usage_percent]!;
    const old = samples[restart - 1]![COLUMN.memory_usage_percent]!;
    const reborn = samples[restart + 1]![COLUMN.memory_usage_percent]!;

    expect(old).toBeGreaterThan(young + 10);
    expect(reborn).toBeLessThan(old - 10);
  });

  test("has a busy and a quiet time of day", () => {
    const hours = Array.from(
      { length: 24 },
      (_, hour) => collect({ seed: 5, profile: "web" }, START_MS + hour * 3_600_000)[COLUMN.cpu_usage_percent]!,
    );

    expect(Math.max(...hours)).toBeGreaterThan(2 * Math.min(...hours));
  });

  test("fails with a reason for the fault throw, and permanently for die", () => {
    const later = new Date(START_MS + DAY_MS).toISOString();

    expect(() => collect({ fault: "throw" }, START_MS)).toThrow("injected fault: throw");
    expect(() => collect({ fault: "die", at: later }, START_MS)).not.toThrow();
    expect(() => collect({ fault: "die", at: later }, START_MS + DAY_MS)).toThrow("injected fault: die");
  });

  test("flaps from minute to minute", () => {
    const failed = [0, 1, 2, 3].map((minute) => {
      try {
        collect({ fault: "flap" }, START_MS + minute * 60_000);
        return false;
      } catch {
        return true;
      }
    });

    expect(failed).toEqual([false, true, false, true]);
  });

  test("responds late when slow, and fails with a timeout when its deadline passes first", async () => {
    const waits: number[] = [];
    const deadline = new AbortController();
    const collector = new SimulatedCollector((delayMs) => {
      waits.push(delayMs);
      return Promise.resolve();
    });
    const written: number[] = [];
    const column = (one: number) => void written.push(one);
    const out = { column, series: unexpected, family: unexpected, problem: unexpected };
    const slow = instance({ fault: "slow", delayMs: 1_500 });

    await collector.collect(slow, context(START_MS, deadline.signal), out);
    deadline.abort();

    expect(waits).toEqual([1_500]);
    expect(written).toContain(COLUMN.cpu_usage_percent);
    await expect(collector.collect(slow, context(START_MS, deadline.signal), out)).rejects.toMatchObject({
      reason: "timeout",
    });
  });
});
