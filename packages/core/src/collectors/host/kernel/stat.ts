import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { flagSwitch } from "../../../model/setting/values/flag-switch.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { SharedText } from "../kernel-files/shared-text.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

/** First word of a line of /proc/stat, and the family of its first number; see proc_stat(5). */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ["intr", "node_intr_total"],
  ["ctxt", "node_context_switches_total"],
  ["btime", "node_boot_time_seconds"],
  ["processes", "node_forks_total"],
  ["procs_running", "node_procs_running"],
  ["procs_blocked", "node_procs_blocked"],
]);

/** The numbers of the line `softirq` after their sum (kernel/softirq.c of the kernel). */
const SOFTIRQS = [
  "hi",
  "timer",
  "net_tx",
  "net_rx",
  "block",
  "block_iopoll",
  "tasklet",
  "sched",
  "hrtimer",
  "rcu",
] as const;
const SOFTIRQ_LABELS = SOFTIRQS.map((vector) => `vector="${vector}"`);

export const STAT_SETTINGS = {
  statSoftirqs: {
    type: flagSwitch,
    fallback: "false",
    help: "Serves the soft interrupts of the stat collector by kind.",
    flag: "--collector.stat.softirq",
  },
} as const satisfies SettingDeclarations;

export const STAT: HostCollectorDefinition<typeof STAT_SETTINGS> = {
  name: "stat",
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_boot_time_seconds: "Boot time of the kernel, seconds since 1970.",
        node_procs_blocked: "Tasks blocked waiting for I/O.",
        node_procs_running: "Tasks running or waiting for a CPU.",
      },
    ),
    ...families(
      { type: "counter", labels: [] },
      {
        node_context_switches_total: "Context switches since boot, over all CPUs.",
        node_forks_total: "Processes and threads created since boot.",
        node_intr_total: "Interrupts served since boot.",
      },
    ),
    ...families(
      { type: "counter", labels: ["vector"] },
      { node_softirqs_total: "Soft interrupts served since boot, by kind." },
    ),
  ],
  settings: STAT_SETTINGS,
  create: ({ files, options }) => new StatCollector(files.shared("stat"), options),
};

/** Boot time, tasks, context switches, forks and interrupts, from /proc/stat. */
export class StatCollector implements HostCollector {
  readonly #stat: SharedText;
  readonly #hasSoftirqs: boolean;

  constructor(stat: SharedText, { statSoftirqs }: OptionsOf<typeof STAT_SETTINGS>) {
    this.#stat = stat;
    this.#hasSoftirqs = statSoftirqs;
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const text = this.#stat.lines(context);
    for (const [family, value] of parseStat(text)) {
      out.series(family, "", value);
      if (family === "node_procs_running") out.column(COLUMN.processes_running, value);
    }
    if (!this.#hasSoftirqs) return;
    parseSoftirqs(text).forEach((count, index) => out.series("node_softirqs_total", SOFTIRQ_LABELS[index]!, count));
  }
}

/** In the order of SOFTIRQS; none if the line is missing or has fewer numbers. */
export function parseSoftirqs(text: string): number[] {
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    if (scan.word() !== "softirq") continue;
    scan.number();
    const counts = SOFTIRQS.map(() => scan.number());
    return counts.some(Number.isNaN) ? [] : counts;
  }
  return [];
}

/** Values by family, of existing lines. Throws `COLLECT_FAILED` when there is none. */
export function parseStat(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const family = FAMILIES.get(scan.word());
    if (family === undefined) continue;
    const value = scan.number();
    if (!Number.isNaN(value)) values.set(family, value);
  }
  if (values.size > 0) return values;
  throw new CloudMonitorError("COLLECT_FAILED", `/proc/stat has no line of ${[...FAMILIES.keys()].join(", ")}`);
}
