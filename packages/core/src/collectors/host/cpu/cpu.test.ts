import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { CpuCollector, cpuShares, parseCpuTimes, processorDeltas } from "./cpu.ts";
import {
  FIXTURES,
  ScratchFolder,
  collectOnce,
  damaged,
  refreshAt,
  tickAt,
  valuesOrRefusal,
} from "../testing/collect-once.ts";

test("reads every CPU of the recorded machine, and not their sum", () => {
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

test("any text gives complete rows of finite times, or an error", () => {
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

test("a decrease of idle is not served, and the following ticks show the true load", () => {
  using machine = new Machine("cpu0 1000 0 0 100000\n");
  // A tenth of the time busy; idle decreases by 2.9 s at the fourth tick, less than for a replugged CPU.
  const outs = [0, 1, 2, 3, 4, 5, 6].map((second) => {
    return machine.tick(
      second * 1000,
      `cpu0 ${1000 + 10 * second} 0 0 ${100_000 + 90 * second - (second >= 4 ? 290 : 0)}\n`,
    );
  });

  expect(outs.map((out) => out.core("cpu_usage_percent"))).toEqual([undefined, 10, 10, 10, undefined, 10, 10]);
  const idle = outs.map((out) => out.samples.get('node_cpu_seconds_total{cpu="0",mode="idle"}'));
  expect(idle).toEqual([1000, 1000.9, 1001.8, 1002.7, 1002.7, 1002.7, 1002.7]);
});

test("of several CPUs only the one that went backward is excluded from the share", () => {
  using machine = new Machine("cpu0 0 0 0 1000\ncpu1 0 0 0 1000\n");
  machine.tick(0);

  const out = machine.tick(1000, "cpu0 100 0 0 800\ncpu1 25 0 0 1075\n");

  expect(machine.percents(out)).toEqual([25, 25, 0, 75, 0]);
});

test.each([
  ["idle", "cpu0 20 0 0 990 590\n", [20, 20, 0, 0, 80]],
  ["iowait", "cpu0 20 0 0 1090 490\n", [20, 20, 0, 80, 0]],
])("what %s loses to its twin was neither busy nor lost", (_, text, percents) => {
  using machine = new Machine("cpu0 0 0 0 1000 500\n");
  machine.tick(0);

  expect(machine.percents(machine.tick(1000, text))).toEqual(percents);
});

test("a decrease of steal or user excludes its CPU from the share", () => {
  expect(processorDeltas([2, 0, 0, 5, 0, 0, 0, 0.99], [1, 0, 0, 4, 0, 0, 0, 1])).toBeNull();
  expect(processorDeltas([0.5, 0, 0, 5, 0, 0, 0, 1], [1, 0, 0, 4, 0, 0, 0, 1])).toBeNull();
});

test("a CPU that goes offline and returns starts without a share", () => {
  using machine = new Machine("cpu0 0 0 0 0\ncpu1 0 0 0 0\n");
  machine.tick(0);
  machine.tick(1000, "cpu0 50 0 0 50\n");

  const back = machine.tick(2000, "cpu0 60 0 0 140\ncpu1 99999 0 0 0\n");

  expect(back.core("cpu_usage_percent")).toBe(10);
});

test("whatever the counters do, no share is negative and the four kinds have at most 100 %", () => {
  const counters = fc.array(fc.nat(3000), { minLength: 10, maxLength: 10 });

  fc.assert(
    fc.property(counters, counters, (before, now) => {
      const deltas = processorDeltas(
        now.map((ticks) => ticks / 100),
        before.map((ticks) => ticks / 100),
      );
      const shares = deltas === null ? null : cpuShares(deltas);
      if (shares === null) return;
      const { user, system, idle, iowait, usage } = shares;
      expect(Math.min(user, system, idle, iowait, usage)).toBeGreaterThanOrEqual(0);
      expect(user + system + idle + iowait).toBeLessThanOrEqual(100 + 1e-9);
      expect(usage + idle + iowait).toBeCloseTo(100, 9);
    }),
  );
});

test("a decrease of three seconds is a replugged CPU: its counters restart and that tick has no share", () => {
  using machine = new Machine("cpu0 900 0 0 1000\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 5 0 0 700\n");

  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="idle"}')).toBe(7);
  expect(out.samples.get('node_cpu_seconds_total{cpu="0",mode="user"}')).toBe(0.05);
  expect(machine.percents(out)).toEqual([]);
});

test("a removed CPU is no longer served, the others keep their share", () => {
  using machine = new Machine("cpu0 0 0 0 0\ncpu1 7 0 0 7\n");
  machine.tick(0);

  const out = machine.tick(5000, "cpu0 25 0 0 75\n");

  expect([...out.samples.keys()].filter((key) => key.includes('cpu="1"'))).toEqual([]);
  expect(out.core("cpu_usage_percent")).toBe(25);
});

test("no elapsed time gives no share", () => {
  expect(cpuShares([0, 0, 0, 0, 0, 0, 0, 0])).toBeNull();
});

const OPTIONS = { cpuInfo: false, cpuInfoBugs: /(?!)/, cpuInfoFlags: /(?!)/ };

class Machine {
  readonly #folder = new ScratchFolder();
  readonly #collector: CpuCollector;

  constructor(text: string) {
    this.#folder.write("stat", text);
    this.#collector = new CpuCollector(this.#folder.files, { ...OPTIONS, sysfs: this.#folder.path });
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
    this.#folder[Symbol.dispose]();
  }
}
