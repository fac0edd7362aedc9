/**
 * The fixed columns that every instance has, whatever its kind; the order is that of a batch and of the `sample` table.
 * Gauges and rates are float4 (24 bits suffice for a reading), totals of bytes and seconds float8. NaN in memory, NULL in SQL: unknown.
 */
export const CORE_METRICS = [
  { name: "up", storage: "float4", unit: "", help: "1 if the last collection succeeded, else 0." },
  {
    name: "cpu_usage_percent",
    storage: "float4",
    unit: "percent",
    help: "Share of CPU time neither idle nor waiting for I/O since the previous tick, 0 to 100 over all CPUs.",
  },
  {
    name: "memory_usage_percent",
    storage: "float4",
    unit: "percent",
    help: "Share of memory not available to new processes, 0 to 100.",
  },
  { name: "uptime_seconds", storage: "float8", unit: "seconds", help: "Seconds since the instance booted." },
  { name: "load1", storage: "float4", unit: "", help: "Runnable and uninterruptible tasks, averaged over 1 minute." },
  { name: "load5", storage: "float4", unit: "", help: "Runnable and uninterruptible tasks, averaged over 5 minutes." },
  {
    name: "load15",
    storage: "float4",
    unit: "",
    help: "Runnable and uninterruptible tasks, averaged over 15 minutes.",
  },
  { name: "memory_total_bytes", storage: "float8", unit: "bytes", help: "Memory managed by the kernel." },
  {
    name: "memory_available_bytes",
    storage: "float8",
    unit: "bytes",
    help: "Memory available to new processes without swapping.",
  },
  { name: "swap_used_bytes", storage: "float8", unit: "bytes", help: "Swap space in use." },
  {
    name: "filesystem_usage_percent",
    storage: "float4",
    unit: "percent",
    help: "Used share of the fullest writable non-virtual filesystem, 0 to 100.",
  },
  {
    name: "disk_read_bytes_per_second",
    storage: "float4",
    unit: "bytes_per_second",
    help: "Bytes read from whole disks per second since the previous tick.",
  },
  {
    name: "disk_written_bytes_per_second",
    storage: "float4",
    unit: "bytes_per_second",
    help: "Bytes written to whole disks per second since the previous tick.",
  },
  {
    name: "network_receive_bytes_per_second",
    storage: "float4",
    unit: "bytes_per_second",
    help: "Bytes received per second since the previous tick, each byte counted on one interface only.",
  },
  {
    name: "network_transmit_bytes_per_second",
    storage: "float4",
    unit: "bytes_per_second",
    help: "Bytes sent per second since the previous tick, each byte counted on one interface only.",
  },
  { name: "processes_running", storage: "float4", unit: "", help: "Tasks in a runnable state." },
  {
    name: "collect_duration_seconds",
    storage: "float4",
    unit: "seconds",
    help: "Duration of the collection.",
  },
] as const;

export type CoreMetric = (typeof CORE_METRICS)[number]["name"];

export const CORE_METRIC_NAMES: readonly CoreMetric[] = CORE_METRICS.map((metric) => metric.name);

/** Column index by metric name: `COLUMN.load1`. */
export const COLUMN = Object.freeze(
  Object.fromEntries(CORE_METRICS.map((metric, index) => [metric.name, index])),
) as Readonly<Record<CoreMetric, number>>;

/** A float4 value as people read it: the shortest decimal that reads back as the same 32 bits need no more than 7 digits here. */
export function presentable(column: number, value: number): number | null {
  if (Number.isNaN(value)) return null;
  return CORE_METRICS[column]?.storage === "float4" ? Number(value.toPrecision(7)) : value;
}
