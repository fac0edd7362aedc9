import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import type { SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { integer } from "../../../model/setting/values/integer.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { pageBytes } from "../kernel-files/page-bytes.ts";
import { attributeNumber, attributeText, entriesOf } from "../kernel-files/sysfs.ts";
import { ProcessGroups } from "./process-groups.ts";
import type { GroupMember } from "./process-groups.ts";

export const PROCESSES_SETTINGS = {
  processGroupsMax: {
    type: integer(0, 100),
    fallback: "10",
    help: "Number of groups of processes of one name to serve, of those that use the most CPU time, and the most memory.",
  },
} as const satisfies SettingDeclarations;

export const PROCESSES: HostCollectorDefinition<typeof PROCESSES_SETTINGS> = {
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
      { type: "gauge", labels: ["comm"] },
      {
        node_processes_group_cpu_percent:
          "CPU time of the processes of this name, in percent of one CPU; of the groups that use the most.",
        node_processes_group_resident_bytes:
          "Resident memory of the processes of this name, shared pages counted in each; of the groups that use the most.",
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
  settings: PROCESSES_SETTINGS,
  create: ({ options }) => new ProcessesCollector(options.procfs, new ProcessGroups(options.processGroupsMax)),
};

/** All processes and threads by state, from the files `stat` of /proc, see proc_pid_stat(5): about 10 µs per thread. */
export class ProcessesCollector implements HostCollector {
  readonly #procfs: string;
  readonly #groups: ProcessGroups;

  constructor(procfs: string, groups: ProcessGroups) {
    this.#procfs = procfs;
    this.#groups = groups;
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const members: GroupMember[] = [];
    let threads = 0;
    const states = new Map<string, number>();
    const threadStates = new Map<string, number>();
    for (const pid of numbersIn(this.#procfs)) {
      const process = readStat(`${this.#procfs}/${pid}`);
      // It has ended in the meantime.
      if (process === null) continue;
      members.push({ pid, ...process });
      threads += process.threads;
      count(states, process.state);
      this.#countThreads(pid, process, threadStates);
    }
    if (members.length === 0) throw new CloudMonitorError("COLLECT_FAILED", `${this.#procfs} has no process`);
    this.#groups.write(members, context, out);
    out.series("node_processes_pids", "", members.length);
    out.series("node_processes_threads", "", threads);
    for (const [state, number] of sorted(states)) out.series("node_processes_state", `state="${state}"`, number);
    for (const [state, number] of sorted(threadStates)) {
      out.series("node_processes_threads_state", `thread_state="${state}"`, number);
    }
    this.#writeLimit("node_processes_max_processes", "pid_max", out);
    this.#writeLimit("node_processes_max_threads", "threads-max", out);
  }

  #writeLimit(family: string, name: string, out: SampleWriter): void {
    const path = `${this.#procfs}/sys/kernel/${name}`;
    const limit = attributeNumber(path);
    if (limit === null) out.problem(`${path} has no number`);
    else out.series(family, "", limit);
  }

  #countThreads(pid: string, process: ProcessStat, states: Map<string, number>): void {
    const folder = `${this.#procfs}/${pid}/task`;
    for (const id of numbersIn(folder)) {
      const thread = id === pid ? process : readStat(`${folder}/${id}`);
      if (thread !== null) count(states, thread.state);
    }
  }
}

export interface ProcessStat extends Omit<GroupMember, "pid"> {
  /** One letter. */
  readonly state: string;
  readonly threads: number;
}

/** Null for a text that is not of a process. The name may contain parentheses and blanks: the last one ends it. */
export function parseProcessStat(text: string): ProcessStat | null {
  const end = text.lastIndexOf(")");
  const words = text
    .slice(end + 1)
    .trim()
    .split(" ");
  const state = words[0] ?? "";
  const [flags, userTicks, systemTicks, threads, startTime, pages] = COLUMNS.map((column) => numberOf(words[column]));
  if (!/^[A-Za-z]$/.test(state) || threads === null || threads === undefined) return null;
  return {
    state,
    threads,
    comm: text.slice(text.indexOf("(") + 1, end),
    isKernelThread: ((flags ?? 0) & PF_KTHREAD) !== 0,
    startTime: startTime ?? 0,
    cpuSeconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SECOND,
    residentBytes: (pages ?? 0) * pageBytes(),
  };
}

/** Columns flags, utime, stime, num_threads, starttime and rss, counted from the state. */
const COLUMNS = [6, 11, 12, 17, 19, 21];
/** Bit of the flags (include/linux/sched.h). */
const PF_KTHREAD = 0x0020_0000;
/** USER_HZ, the same on all architectures that the daemon supports. */
const TICKS_PER_SECOND = 100;

function numberOf(word: string | undefined): number | null {
  return /^\d{1,20}$/.test(word ?? "") ? Number(word) : null;
}

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
