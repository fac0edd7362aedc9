import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { RecordingWriter, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { CpufreqCollector } from "./cpufreq.ts";
import { parseCpuInfo } from "./cpu-info.ts";
import { cpuNumbers, parseCpuList } from "./cpu-numbers.ts";
import { CpuTopology } from "./cpu-topology.ts";
import { parseInterrupts } from "./interrupts.ts";
import { SchedstatCollector, parseSchedstat } from "./schedstat.ts";

test.each([
  ["0-2,7", [0, 1, 2, 7]],
  ["5\n", [5]],
  ["", []],
  ["3-1", []],
  ["a,1,2-", [1]],
])("the list %p is %p", (text, cpus) => {
  expect(parseCpuList(text)).toEqual(cpus);
});

test("no list, however odd, takes long or has more than the CPUs of a kernel per range", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123456789-,".split("")) }), (text) => {
      expect(parseCpuList(text).every((cpu) => Number.isInteger(cpu) && cpu >= 0 && cpu < 100_000)).toBe(true);
    }),
  );
});

test("CPUs are in the order of their numbers", () => {
  using folder = new ScratchFolder();
  for (const name of ["cpu10", "cpu2", "cpu0", "cpufreq", "cpuidle"]) folder.write(`${name}/x`, "");

  expect(cpuNumbers(folder.path)).toEqual(["0", "2", "10"]);
});

test("the threads of a core share its counter, the cores of a package the package's", () => {
  using folder = new ScratchFolder();
  const root = "devices/system/cpu";
  for (const [cpu, core] of [
    [0, 0],
    [1, 1],
    [2, 0],
  ] as const) {
    folder.write(`${root}/cpu${cpu}/topology/core_id`, `${core}\n`);
    folder.write(`${root}/cpu${cpu}/topology/physical_package_id`, "0\n");
    folder.write(`${root}/cpu${cpu}/thermal_throttle/core_throttle_count`, `${cpu + 5}\n`);
    folder.write(`${root}/cpu${cpu}/thermal_throttle/package_throttle_count`, "9\n");
  }
  folder.write(`${root}/cpu1/online`, "1\n");
  folder.write(`${root}/isolated`, "1\n");
  const out = new RecordingWriter();

  new CpuTopology(folder.path).write(tickAt(0), out);

  expect(Object.fromEntries(out.samples)).toEqual({
    'node_cpu_core_throttles_total{core="0",package="0"}': 5,
    'node_cpu_core_throttles_total{core="1",package="0"}': 6,
    'node_cpu_isolated{cpu="1"}': 1,
    'node_cpu_online{cpu="1"}': 1,
    'node_cpu_package_throttles_total{package="0"}': 9,
  });
});

test("the first CPU by name that has a counter gives that of its core and of its package", () => {
  using folder = new ScratchFolder();
  for (const cpu of [0, 2, 10]) {
    const own = `devices/system/cpu/cpu${cpu}`;
    folder.write(`${own}/topology/core_id`, "0\n");
    folder.write(`${own}/topology/physical_package_id`, "0\n");
    if (cpu > 0) folder.write(`${own}/thermal_throttle/core_throttle_count`, `${cpu}\n`);
    if (cpu === 2) folder.write(`${own}/thermal_throttle/package_throttle_count`, "7\n");
  }
  const out = new RecordingWriter();

  new CpuTopology(folder.path).write(tickAt(0), out);

  expect(Object.fromEntries(out.samples)).toEqual({
    'node_cpu_core_throttles_total{core="0",package="0"}': 10,
    'node_cpu_package_throttles_total{package="0"}': 7,
  });
});

test("frequencies are in hertz, and a virtual machine has none", () => {
  using folder = new ScratchFolder();
  const none = collectOnce(new CpufreqCollector(folder.path), tickAt(0)).written;
  folder.write("devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1699981\n");
  folder.write("devices/system/cpu/cpu0/cpufreq/cpuinfo_cur_freq", "<unknown>\n");
  folder.write("devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  folder.write("devices/system/cpu/cpu0/cpufreq/scaling_available_governors", "performance powersave \n");

  const { samples } = collectOnce(new CpufreqCollector(folder.path), tickAt(0));

  expect(none).toEqual([]);
  expect(Object.fromEntries(samples)).toEqual({
    'node_cpu_scaling_frequency_hertz{cpu="0"}': 1_699_981_000,
    'node_cpu_scaling_governor{cpu="0",governor="performance"}': 0,
    'node_cpu_scaling_governor{cpu="0",governor="powersave"}': 1,
  });
});

test("interrupts of devices name their controller, others have a description", () => {
  const { cpus, interrupts } = parseInterrupts(
    "           CPU0       CPU2\n  9:  1  2  IR-IO-APIC   9-fasteoi   acpi, other\nLOC: 3 4   Local timer interrupts\nERR: 0\n 10:5 6 GICv3 27 Level arch_timer\n",
  );

  expect(cpus).toEqual(["0", "2"]);
  expect(interrupts).toEqual([
    { type: "9", info: "IR-IO-APIC", devices: "9-fasteoi acpi, other", counts: [1, 2] },
    { type: "LOC", info: "Local timer interrupts", devices: "", counts: [3, 4] },
    { type: "10", info: "GICv3", devices: "27 Level arch_timer", counts: [5, 6] },
  ]);
  expect(() => parseInterrupts("  9:  1  2 acpi\n")).toThrow("no headings");
});

test("schedules are of lines with nine numbers, and a kernel without them has nothing to read", () => {
  using folder = new ScratchFolder();
  const none = collectOnce(new SchedstatCollector(folder.files.file("schedstat")), tickAt(0)).written;

  const cpus = parseSchedstat("version 15\ncpu0 0 0 0 0 0 0 1 2 3\ndomain0 3 9 9 9\ncpu1 0 0 0 0 0 0 1 2\n");

  expect(cpus).toEqual([{ cpu: "0", runningNs: 1, waitingNs: 2, timeslices: 3 }]);
  expect(() => parseSchedstat("version 15\n")).toThrow("no line `cpuN`");
  expect(none).toEqual([]);
});

test("the fields of a processor may have any text", () => {
  const [first, second] = parseCpuInfo("processor\t: 0\nmodel name\t: A: B\nflags\t\t: \n\nprocessor\t: 1\nodd\n");

  expect([first!.get("model name"), first!.get("flags"), second!.get("processor")]).toEqual(["A: B", "", "1"]);
  expect(() => parseCpuInfo("model name : x\n")).toThrow("no field `processor`");
});

test("any text gives finite values, or an error", () => {
  expectFiniteNumbers("proc/interrupts", parseInterrupts, ({ interrupts }) =>
    interrupts.flatMap(({ counts }) => counts),
  );
  expectFiniteNumbers("proc/schedstat", parseSchedstat, (cpus) =>
    cpus.flatMap(({ runningNs, waitingNs }) => [runningNs, waitingNs]),
  );
  expectFiniteNumbers("proc/cpuinfo", parseCpuInfo, (processors) => processors.map(({ size }) => size));
});
