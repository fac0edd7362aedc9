import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { attributeNumber, attributeText, entriesOf } from "../kernel-files/sysfs.ts";

export const PROCESSES: HostCollectorDefinition = {
  name: "processes",
  isOffByDefault: true,
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_processes_max_processes: "Maximum process id, which limits the number of processes and threads.",
        node_processes_max_threads: "Maximum number of threads.",
        node_processes_pids: "Processes.",
        node_processes_threads: "Threads of all processes.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["state"] },
      { node_processes_state: "Processes by state, as a letter of ps(1)." },
    ),
    ...families(
      { type: "gauge", labels: ["thread_state"] },
      { node_processes_threads_state: "Threads by state, as a letter of ps(1)." },
    ),
  ],
  settings: {},
  create: ({ options }) => new ProcessesCollector(options.procfs),
};

/** All processes and threads by state, from the files `stat` of /proc, see proc_pid_stat(5): about 10 µs per thread. */
export class ProcessesCollector implements HostCollector {
  readonly #procfs: string;

  constructor(procfs: string) {
    this.#procfs = procfs;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    let processes = 0;
    let threads = 0;
    const states = new Map<string, number>();
    const threadStates = new Map<string, number>();
    for (const pid of numbersIn(this.#procfs)) {
      const process = readStat(`${this.#procfs}/${pid}`);
      // It has ended in the meantime.
      if (process === null) continue;
      processes++;
      threads += process.threads;
      count(states, process.state);
      this.#countThreads(pid, process, threadStates);
    }
    if (processes === 0) throw new CloudMonitorError("COLLECT_FAILED", `${this.#procfs} has no process`);
    out.series("node_processes_pids", "", processes);
    out.series("node_processes_threads", "", threads);
    for (const [state, number] of sorted(states)) out.series("node_processes_state", `state="${state}"`, number);
    for (const [state, number] of sorted(threadStates)) {
      out.series("node_processes_threads_state", `thread_state="${state}"`, number);
    }
    const maxProcesses = attributeNumber(`${this.#procfs}/sys/kernel/pid_max`);
    const maxThreads = attributeNumber(`${this.#procfs}/sys/kernel/threads-max`);
    if (maxProcesses !== null) out.series("node_processes_max_processes", "", maxProcesses);
    if (maxThreads !== null) out.series("node_processes_max_threads", "", maxThreads);
  }

  #countThreads(pid: string, process: ProcessStat, states: Map<string, number>): void {
    const folder = `${this.#procfs}/${pid}/task`;
    for (const id of numbersIn(folder)) {
      const thread = id === pid ? process : readStat(`${folder}/${id}`);
      if (thread !== null) count(states, thread.state);
    }
  }
}

export interface ProcessStat {
  /** One letter. */
  readonly state: string;
  readonly threads: number;
}

/** Null for a text that is not of a process. The name may contain parentheses and blanks: the last one ends it. */
export function parseProcessStat(text: string): ProcessStat | null {
  const [state = "", ...columns] = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  const threads = columns[THREADS] ?? "";
  return /^[A-Za-z]$/.test(state) && /^\d{1,10}$/.test(threads) ? { state, threads: Number(threads) } : null;
}

/** Column num_threads, counted from the one after the state. */
const THREADS = 16;

function readStat(folder: string): ProcessStat | null {
  const text = attributeText(`${folder}/stat`);
  return text === null ? null : parseProcessStat(text);
}

function numbersIn(folder: string): string[] {
  return entriesOf(folder).filter((name) => /^\d+$/.test(name));
}

function count(states: Map<string, number>, state: string): void {
  states.set(state, (states.get(state) ?? 0) + 1);
}

function sorted(states: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...states].sort(([a], [b]) => (a < b ? -1 : 1));
}
