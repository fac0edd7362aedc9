import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { CpuCollector, cpuShares, parseCpuTimes } from "./cpu.ts";
import { ProcFile } from "./proc-file.ts";
import { SharedText } from "./shared-text.ts";
import {
  FIXTURES,
  ScratchFolder,
  collectOnce,
  damaged,
  refreshAt,
  tickAt,
  valuesOrRefusal,
} from "./collector.fixture.ts";

test("reads every processor of the recorded machine, and not their sum", () => {
  const processors = parseCpuTimes(readFileSync(join(FIXTURES, "proc/stat"), "utf8"));

  expect(processors.map(({ cpu }) => cpu)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  expect(processors[0]!.seconds).toEqual([444.9, 0.19, 210.45, 10_870.69, 2.2, 0.01, 34.1, 0, 0.02, 0.01]);
});

test("columns that an old kernel lacks are 0, later ones than we know are passed over", () => {
  const processors = parseCpuTimes("cpu0 100 200 300 400\ncpu1 1 2 3 4 5 6 7 8 9 10 11 12\n");

  expect(processors[0]!.seconds).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 0, 0]);
  expect(processors[1]!.seconds).toHaveLength(10);
});

test.each(["", "cpu 1 2 3 4\n", "cpu0 1 2 3\n", "cpux 1 2 3 4\n", "intr 5\ncpu0 1 2 3 4\n", "cpu0 a b c d\n"])(
  "%p has no processor",
  (text) => {
    expect(() => parseCpuTimes(text)).toThrow("no line `cpuN`");
  },
);

test("any text gives whole rows of finite times, or a refusal", () => {
  fc.assert(
    fc.property(damaged("proc/stat"), (text) => {
      for (const { cpu, seconds } of valuesOrRefusal(() => parseCpuTimes(text)) ?? []) {
        expect(cpu).toMatch(/^\d+$/);
        expect(seconds).toHaveLength(10);
        expect(seconds.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
      }
    }),
  );
});

test("shares are of the time between two ticks; steal is usage but neither user nor system", () => {
  using machine = new Machine("cpu0 0 0 0 0 0 0 0 0 0 0\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 100 50 80 600 70 10 10 80 100 0\n");

  expect(out.core("cpu_usage_percent")).toBeCloseTo(33, 10);
  expect(machine.percents(out)).toEqual([33, 15, 10, 60, 7]);
});

test("the first tick has no share, and a refresh repeats the last tick's", () => {
  using machine = new Machine("cpu0 0 0 0 0\n");
  const first = machine.tick(0);
  machine.tick(5000, "cpu0 50 0 0 50\n");

  const refreshed = machine.refresh(6000, "cpu0 60 0 0 900\n");

  expect(machine.percents(first)).toEqual([]);
  expect(machine.percents(refreshed)[0]).toBe(50);
  expect(refreshed.samples.get('node_cpu_seconds_total{cpu="0",mode="idle"}')).toBe(9);
});

test("a small step back of idle or iowait is not served, and makes no negative share", () => {
  using machine = new Machine("cpu0 0 0 0 1000 500\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 100 0 0 800 499\n");

  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="idle"}')).toBe(10);
  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="iowait"}')).toBe(5);
  expect(machine.percents(out)).toEqual([100, 100, 0, 0, 0]);
});

test("three seconds back is a processor plugged in anew: its counters start over and that tick has no share", () => {
  using machine = new Machine("cpu0 900 0 0 1000\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 5 0 0 700\n");

  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="idle"}')).toBe(7);
  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="user"}')).toBe(0.05);
  expect(machine.percents(out)).toEqual([]);
});

test("a processor that goes is no longer served, the others keep their share", () => {
  using machine = new Machine("cpu0 0 0 0 0\ncpu1 7 0 0 7\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 25 0 0 75\n");

  expect([...out.samples.keys()].filter((key) => key.includes('cpu="1"'))).toEqual([]);
  expect(out.core("cpu_usage_percent")).toBe(25);
});

test("no time at all makes no share", () => {
  expect(cpuShares([0, 0, 0, 0, 0, 0, 0, 0])).toBeNull();
});

class Machine {
  readonly #folder = new ScratchFolder();
  readonly #collector: CpuCollector;

  constructor(text: string) {
    this.#collector = new CpuCollector(new SharedText(new ProcFile(this.#folder.write("stat", text))));
  }

  tick(atMs: number, text?: string) {
    if (text !== undefined) this.#folder.write("stat", text);
    return collectOnce(this.#collector, tickAt(atMs));
  }

  refresh(atMs: number, text: string) {
    this.#folder.write("stat", text);
    return collectOnce(this.#collector, refreshAt(atMs));
  }

  /** usage, user, system, idle, iowait, to ten digits. */
  percents(out: ReturnType<typeof collectOnce>): number[] {
    return out.written.filter(({ name }) => name.endsWith("_percent")).map(({ value }) => Number(value.toFixed(10)));
  }

  [Symbol.dispose](): void {
    this.#collector.close();
    this.#folder[Symbol.dispose]();
  }
}
