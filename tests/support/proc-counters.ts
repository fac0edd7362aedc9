import { readFileSync } from "node:fs";

/** Series as `name{label="value",...}`, labels in alphabetical order. */
export type SeriesValues = Map<string, number>;

/** A series' name in the form of /metrics. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? name : `${name}{${pairs.map(([key, value]) => `${key}="${value}"`).join(",")}}`;
}

/** Counters of the host, read from /proc by code independent of the daemon. */
export function readProcCounters(): SeriesValues {
  return new Map([...cpuCounters(), ...kernelCounters(), ...networkCounters(), ...diskCounters(), ...clocks()]);
}

type Entries = [key: string, value: number][];

const CPU_MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

const NETWORK_COLUMNS = [
  ...["bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"].map((it) => `receive_${it}`),
  ...["bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"].map((it) => `transmit_${it}`),
];

/** Family and unit of each column of /proc/diskstats (Documentation/admin-guide/iostats.rst); the ninth is not a counter. */
const DISK_COLUMNS: readonly (readonly [string, number] | null)[] = [
  ["reads_completed_total", 1],
  ["reads_merged_total", 1],
  ["read_bytes_total", 512],
  ["read_time_seconds_total", 0.001],
  ["writes_completed_total", 1],
  ["writes_merged_total", 1],
  ["written_bytes_total", 512],
  ["write_time_seconds_total", 0.001],
  null,
  ["io_time_seconds_total", 0.001],
  ["io_time_weighted_seconds_total", 0.001],
  ["discards_completed_total", 1],
  ["discards_merged_total", 1],
  ["discarded_sectors_total", 1],
  ["discard_time_seconds_total", 0.001],
  ["flush_requests_total", 1],
  ["flush_requests_time_seconds_total", 0.001],
];

/** Partitions and memory disks, which the daemon ignores by default. */
const LEFT_OUT_DISKS = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

function cpuCounters(): Entries {
  return wordsOf("/proc/stat")
    .filter(([name]) => /^cpu\d+$/.test(name!))
    .flatMap(([name, ...ticks]) => {
      const cpu = name!.slice(3);
      const seconds = ticks.map((tick) => Number(tick) / 100);
      const modes = CPU_MODES.map((mode, i) => [seriesKey("node_cpu_seconds_total", { cpu, mode }), seconds[i]!]);
      const guests = ["user", "nice"].map((mode, i) => [
        seriesKey("node_cpu_guest_seconds_total", { cpu, mode }),
        seconds[CPU_MODES.length + i]!,
      ]);
      return [...modes, ...guests] as Entries;
    });
}

function kernelCounters(): Entries {
  const first = new Map(wordsOf("/proc/stat").map(([name, value]) => [name!, Number(value)]));
  return [
    ["node_intr_total", first.get("intr")!],
    ["node_context_switches_total", first.get("ctxt")!],
    ["node_forks_total", first.get("processes")!],
  ];
}

function networkCounters(): Entries {
  return readFileSync("/proc/net/dev", "utf8")
    .split("\n")
    .filter((line) => /:\s*\d/.test(line))
    .flatMap((line) => {
      const device = line.slice(0, line.lastIndexOf(":")).trim();
      const values = line
        .slice(line.lastIndexOf(":") + 1)
        .trim()
        .split(/\s+/)
        .map(Number);
      const named = (column: string, value: number) =>
        [seriesKey(`node_network_${column}_total`, { device }), value] as [string, number];
      const columns = NETWORK_COLUMNS.map((column, i) => named(column, values[i]!));
      return [...columns, named("receive_errors", values[2]!), named("transmit_errors", values[10]!)];
    });
}

function diskCounters(): Entries {
  return wordsOf("/proc/diskstats")
    .filter(([, , device]) => !LEFT_OUT_DISKS.test(device!))
    .flatMap(([, , device, ...values]) =>
      values.flatMap((value, i): Entries => {
        const column = DISK_COLUMNS[i] ?? null;
        if (column === null) return [];
        return [[seriesKey(`node_disk_${column[0]}`, { device: device! }), Number(value) * column[1]]];
      }),
    );
}

function clocks(): Entries {
  return [
    ["node_time_seconds", Date.now() / 1000],
    ["node_uptime_seconds", Number(wordsOf("/proc/uptime")[0]![0])],
  ];
}

/** The words of each line. */
export function wordsOf(path: string): string[][] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
}
