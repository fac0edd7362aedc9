import type { CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { CounterDeltas } from "../../counter-deltas.ts";
import { NamedLabels } from "../named-labels.ts";

/** What a group is made of. */
export interface GroupMember {
  readonly pid: string;
  /** Its name, at most 15 bytes: never its command line, which may contain secrets. */
  readonly comm: string;
  readonly isKernelThread: boolean;
  /** Together with the pid it names one process, since pids are used again. */
  readonly startTime: number;
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** All threads of the kernel are one group: their names change all the time. */
const KERNEL = "[kernel]";

/** The groups of processes of one name that use the most CPU time and memory; at most `max` of each, so the series are few. */
export class ProcessGroups {
  readonly #max: number;
  readonly #deltas = new CounterDeltas();
  readonly #labels = new NamedLabels((comm) => labelBlock({ comm }));
  /** Of the last tick, in percent of one CPU. */
  #cpuPercent: ReadonlyMap<string, number> = new Map();

  constructor(max: number) {
    this.#max = max;
  }

  write(members: readonly GroupMember[], context: CollectContext, out: SampleWriter): void {
    if (this.#max === 0) return;
    this.#measure(members, context);
    const memory = new Map<string, number>();
    for (const member of members) add(memory, groupOf(member), member.residentBytes);
    for (const [comm, percent] of this.#top(this.#cpuPercent)) {
      out.series("node_processes_group_cpu_percent", this.#labels.get(comm), percent);
    }
    for (const [comm, bytes] of this.#top(memory)) {
      out.series("node_processes_group_resident_bytes", this.#labels.get(comm), bytes);
    }
    this.#labels.endReading();
  }

  #measure(members: readonly GroupMember[], context: CollectContext): void {
    if (context.occasion !== "tick") return;
    const groups = new Map<string, string>();
    const counters = new Map<string, readonly number[]>();
    for (const member of members) {
      const key = `${member.pid} ${member.startTime}`;
      groups.set(key, groupOf(member));
      counters.set(key, [member.cpuSeconds]);
    }
    const deltas = this.#deltas.measure(context, counters);
    if (deltas === null) return;
    const percent = new Map<string, number>();
    for (const [key, [seconds]] of deltas.byKey) add(percent, groups.get(key)!, (100 * seconds!) / deltas.seconds);
    this.#cpuPercent = percent;
  }

  /** The largest, in alphabetical order; a group that uses nothing is not among them. */
  #top(values: ReadonlyMap<string, number>): [string, number][] {
    const used = [...values].filter(([, value]) => value > 0);
    const largest = used.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, this.#max);
    return largest.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function groupOf({ comm, isKernelThread }: GroupMember): string {
  return isKernelThread ? KERNEL : comm;
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
