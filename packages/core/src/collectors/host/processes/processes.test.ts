import { expect, test } from "@jest/globals";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { ProcessGroups } from "./process-groups.ts";
import { ProcessesCollector, parseProcessStat } from "./processes.ts";

const stat = (pid: number, name: string, state: string, threads: number) =>
  `${pid} (${name}) ${state} 0 1 1 0 -1 4194560 9061 9416027 94 2620 36 98 54406 13885 20 0 ${threads} 0 29 109604864 2507\n`;

const collectorOf = (procfs: string) => new ProcessesCollector(procfs, new ProcessGroups(10));

test("a name may contain anything, also what looks like its end", () => {
  expect(parseProcessStat(stat(1, "a) R 1 (b", "S", 3))).toEqual({
    state: "S",
    threads: 3,
    comm: "a) R 1 (b",
    isKernelThread: false,
    startTime: 29,
    cpuSeconds: (36 + 98) / 100,
    residentBytes: 2507 * 4096,
  });
  expect([parseProcessStat(""), parseProcessStat("1 (x) S 0 1\n"), parseProcessStat("1 (x) SLEEPING\n")]).toEqual([
    null,
    null,
    null,
  ]);
});

test("any text gives a finite number of threads, or nothing", () => {
  expectFiniteNumbers("proc/1/stat", parseProcessStat, (process) =>
    process === null ? [] : [process.threads, process.cpuSeconds, process.residentBytes, process.startTime],
  );
});

test("processes and threads are counted by state, and one that ends meanwhile is not", () => {
  using folder = new ScratchFolder();
  folder.write("1/stat", stat(1, "init", "S", 2));
  folder.write("1/task/1/stat", stat(1, "init", "S", 2));
  folder.write("1/task/7/stat", stat(7, "init", "R", 2));
  folder.write("9/stat", stat(9, "defunct", "Z", 1));
  folder.write("10/status", "gone\n");
  folder.write("sys/kernel/pid_max", "4194304\n");
  folder.write("sys/kernel/threads-max", "100\n");

  expect(Object.fromEntries(collectOnce(collectorOf(folder.path), tickAt(0)).samples)).toEqual({
    'node_processes_group_resident_bytes{comm="defunct"}': 2507 * 4096,
    'node_processes_group_resident_bytes{comm="init"}': 2507 * 4096,
    node_processes_max_processes: 4_194_304,
    node_processes_max_threads: 100,
    node_processes_pids: 2,
    'node_processes_state{state="S"}': 1,
    'node_processes_state{state="Z"}': 1,
    node_processes_threads: 3,
    'node_processes_threads_state{thread_state="R"}': 1,
    'node_processes_threads_state{thread_state="S"}': 1,
  });
});

test("a limit that cannot be read is a problem, and the processes are counted", () => {
  using folder = new ScratchFolder();
  folder.write("1/stat", stat(1, "init", "S", 2));
  folder.write("sys/kernel/threads-max", "100\n");

  const { problems, samples } = collectOnce(collectorOf(folder.path), tickAt(0));

  expect(problems).toEqual([`${folder.path}/sys/kernel/pid_max has no number`]);
  expect([samples.get("node_processes_pids"), samples.get("node_processes_max_threads")]).toEqual([1, 100]);
});

test("a folder without processes is not procfs", () => {
  using folder = new ScratchFolder();

  expect(() => collectOnce(collectorOf(folder.path), tickAt(0))).toThrow("has no process");
});
