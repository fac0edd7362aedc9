import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { flagSwitch } from "../../../model/setting/values/flag-switch.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { CpuInfo, INFO_LABELS } from "./cpu-info.ts";
import { CpuTopology } from "./cpu-topology.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostPaths } from "../host-paths.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { SharedText } from "../kernel-files/shared-text.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";
import { CounterDeltas, sumOfDeltas } from "../../counter-deltas.ts";

/** Columns of a `cpu` line of /proc/stat, see proc_stat(5). User and nice contain guest and guest_nice. */
const MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
const GUEST_MODES = ["user", "nice"] as const;
const FIELDS = MODES.length + GUEST_MODES.length;
const IDLE = MODES.indexOf("idle");
const IOWAIT = MODES.indexOf("iowait");
/** USER_HZ is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Idle time may go backward slightly (a long-standing kernel bug); beyond this, the CPU was unplugged in between. */
const JUMP_BACK_SECONDS = 3;

export const CPU_SETTINGS = {
  cpuInfo: {
    type: flagSwitch,
    fallback: "false",
    help: "Serves models and frequencies of the CPUs, from /proc/cpuinfo.",
    flag: "--collector.cpu.info",
  },
  cpuInfoBugs: {
    type: pattern,
    fallback: "",
    help: "Bugs of the CPUs to serve with `cpuInfo`, as a regular expression.",
    flag: "--collector.cpu.info.bugs-include",
  },
  cpuInfoFlags: {
    type: pattern,
    fallback: "",
    help: "Flags of the CPUs to serve with `cpuInfo`, as a regular expression.",
    flag: "--collector.cpu.info.flags-include",
  },
} as const satisfies SettingDeclarations;

export const CPU: HostCollectorDefinition<typeof CPU_SETTINGS> = {
  name: "cpu",
  families: [
    ...families(
      { type: "counter", labels: ["cpu", "mode"] },
      {
        node_cpu_guest_seconds_total: "Time that each CPU spent running virtual machines.",
        node_cpu_seconds_total:
          "Time that each CPU spent in each mode; user and nice include the time of virtual machines.",
      },
    ),
    ...families(
      { type: "counter", labels: ["core", "package"] },
      { node_cpu_core_throttles_total: "Times that the core was slowed down because of its temperature." },
    ),
    ...families(
      { type: "counter", labels: ["package"] },
      { node_cpu_package_throttles_total: "Times that the package was slowed down because of its temperature." },
    ),
    ...families(
      { type: "gauge", labels: ["cpu"] },
      {
        node_cpu_isolated: "Always 1; a CPU that the scheduler does not use by itself.",
        node_cpu_online: "1 if the CPU is in use; CPUs that cannot be switched off are missing.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["core", "cpu", "package"] },
      { node_cpu_frequency_hertz: "Frequency of the CPU; the collector cpufreq gives it only the label `cpu`." },
    ),
    ...families(
      { type: "gauge", labels: ["bug"] },
      { node_cpu_bug_info: "Always 1; a hardware bug of the first CPU." },
    ),
    ...families({ type: "gauge", labels: ["flag"] }, { node_cpu_flag_info: "Always 1; an ability of the first CPU." }),
    ...families({ type: "gauge", labels: INFO_LABELS }, { node_cpu_info: "Always 1; the labels describe the CPU." }),
    ...families(
      { type: "gauge", labels: [] },
      {
        node_cpu_idle_percent: "Share of CPU time idle since the previous tick.",
        node_cpu_iowait_percent: "Share of CPU time idle while a task waited for I/O, since the previous tick.",
        node_cpu_system_percent: "Share of CPU time in the kernel, including interrupts, since the previous tick.",
        node_cpu_usage_percent:
          "Share of CPU time neither idle nor waiting for I/O since the previous tick, over all CPUs; includes time stolen by the hypervisor.",
        node_cpu_user_percent: "Share of CPU time in user mode, including low priority, since the previous tick.",
      },
    ),
  ],
  settings: CPU_SETTINGS,
  create: ({ files, options }) => new CpuCollector(files, options),
};

type CpuOptions = Pick<HostPaths, "sysfs"> & OptionsOf<typeof CPU_SETTINGS>;

/** CPU time by mode, from the `cpuN` lines of /proc/stat; throttling and, if asked for, models and frequencies. */
export class CpuCollector implements HostCollector {
  readonly #stat: SharedText;
  readonly #topology: CpuTopology;
  readonly #info: CpuInfo | null;
  readonly #processors = new KeyedCache(servedProcessor);
  readonly #deltas = new CounterDeltas(processorDeltas);
  #shares: CpuShares | null = null;

  constructor(files: HostFiles, options: CpuOptions) {
    this.#stat = files.shared("stat");
    this.#topology = new CpuTopology(options.sysfs);
    const info = { bugs: options.cpuInfoBugs, flags: options.cpuInfoFlags };
    this.#info = options.cpuInfo ? new CpuInfo(files.file("cpuinfo"), info) : null;
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const counters = new Map<string, readonly number[]>();
    for (const { cpu, seconds } of parseCpuTimes(this.#stat.lines(context))) {
      const served = this.#processors.get(cpu);
      keepRising(served.seconds, seconds);
      // Raw readings: served counters do not move until one that went backward has caught up, which would look like full load.
      counters.set(cpu, seconds);
      writeProcessor(served, out);
    }
    this.#processors.endReading();
    if (context.occasion === "tick") {
      const deltas = this.#deltas.measure(context, counters);
      this.#shares = deltas === null ? null : cpuShares(sumOfDeltas(deltas.byKey.values(), MODES.length));
    }
    if (this.#shares !== null) writeShares(this.#shares, out);
    this.#topology.write(context, out);
    this.#info?.write(context, out);
  }
}

export interface CpuTimes {
  /** The N of `cpuN`. */
  readonly cpu: string;
  /** By MODES, then guest and guest_nice; columns missing in an old kernel are 0. */
  readonly seconds: readonly number[];
}

/** Throws `COLLECT_FAILED` when there is no `cpuN` line with at least the four columns that every kernel has. */
export function parseCpuTimes(text: string): CpuTimes[] {
  const processors: CpuTimes[] = [];
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const name = scan.word();
    // The cpu lines come first: the interrupts after them can be a hundred times as long.
    if (!name.startsWith("cpu")) break;
    const cpu = name.slice(3);
    if (!/^\d+$/.test(cpu)) continue;
    const seconds: number[] = [];
    for (let ticks = scan.number(); !Number.isNaN(ticks) && seconds.length < FIELDS; ticks = scan.number()) {
      seconds.push(ticks / TICKS_PER_SECOND);
    }
    if (seconds.length <= IDLE) continue;
    while (seconds.length < FIELDS) seconds.push(0);
    processors.push({ cpu, seconds });
  }
  if (processors.length > 0) return processors;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/stat has no line `cpuN` with four numbers or more");
}

interface ServedProcessor {
  readonly seconds: number[];
  readonly labels: readonly string[];
}

function servedProcessor(cpu: string): ServedProcessor {
  const labels = [...MODES, ...GUEST_MODES].map((mode) => labelBlock({ cpu, mode }));
  return { seconds: labels.map(() => 0), labels };
}

/** Served counters never decrease, except together after a hot-plug. */
function keepRising(served: number[], now: readonly number[]): void {
  if (served[IDLE]! - now[IDLE]! >= JUMP_BACK_SECONDS) served.fill(0);
  for (let field = 0; field < FIELDS; field++) if (now[field]! > served[field]!) served[field] = now[field]!;
}

function writeProcessor({ seconds, labels }: ServedProcessor, out: SampleWriter): void {
  for (let field = 0; field < MODES.length; field++) {
    out.series("node_cpu_seconds_total", labels[field]!, seconds[field]!);
  }
  for (let field = MODES.length; field < FIELDS; field++) {
    out.series("node_cpu_guest_seconds_total", labels[field]!, seconds[field]!);
  }
}

/**
 * By MODES, in ticks. A sleep in progress counts as idle in one reading and as iowait in the next, or vice versa
 * (proc_stat(5)): one of the two decreases by what the other gains. Null when anything else decreased: the CPU was
 * unplugged in between, or its idle time was corrected.
 */
export function processorDeltas(now: readonly number[], before: readonly number[]): readonly number[] | null {
  // Whole ticks: the difference of two fractions could be a little below 0.
  const deltas = MODES.map((_, field) => Math.round((now[field]! - before[field]!) * TICKS_PER_SECOND));
  const idle = deltas[IDLE]!;
  const iowait = deltas[IOWAIT]!;
  if (idle < 0 || iowait < 0) {
    deltas[IDLE] = idle < 0 ? 0 : idle + iowait;
    deltas[IOWAIT] = idle < 0 ? idle + iowait : 0;
  }
  return deltas.every((ticks) => ticks >= 0) ? deltas : null;
}

interface CpuShares {
  readonly usage: number;
  readonly user: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
}

/** Percent of all time; usage is everything except idle and iowait, so it includes steal, unlike user and system. */
export function cpuShares(deltas: readonly number[]): CpuShares | null {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = deltas;
  const busy = user + nice + system + irq + softirq + steal;
  const total = busy + idle + iowait;
  if (!(total > 0)) return null;
  const percent = (part: number) => (100 * part) / total;
  return {
    usage: percent(busy),
    user: percent(user + nice),
    system: percent(system + irq + softirq),
    idle: percent(idle),
    iowait: percent(iowait),
  };
}

function writeShares(shares: CpuShares, out: SampleWriter): void {
  out.column(COLUMN.cpu_usage_percent, shares.usage);
  out.series("node_cpu_usage_percent", "", shares.usage);
  out.series("node_cpu_user_percent", "", shares.user);
  out.series("node_cpu_system_percent", "", shares.system);
  out.series("node_cpu_idle_percent", "", shares.idle);
  out.series("node_cpu_iowait_percent", "", shares.iowait);
}
