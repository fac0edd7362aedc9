import type { InstanceMetrics } from "@cloud-monitor/client";
import { formatMetricValue } from "./metric-value.ts";

/** Fixed widths, because later lines are not known. */
const COLUMNS = [
  { title: "TIME", width: 24, text: ({ timestamp }: InstanceMetrics) => timestamp },
  { title: "STATUS", width: 7, text: ({ status }: InstanceMetrics) => status },
  { title: "CPU", width: 8, text: value("cpu_usage_percent") },
  { title: "MEMORY", width: 8, text: value("memory_usage_percent") },
  { title: "LOAD1", width: 6, text: value("load1") },
  { title: "RECEIVED", width: 10, text: value("network_receive_bytes_per_second") },
  { title: "SENT", width: 10, text: value("network_transmit_bytes_per_second") },
  { title: "UPTIME", width: 0, text: value("uptime_seconds") },
] as const;

export function formatWatchHeader(): string {
  return line(COLUMNS.map(({ title }) => title));
}

export function formatWatchLine(metrics: InstanceMetrics): string {
  return line(COLUMNS.map(({ text }) => text(metrics)));
}

function line(cells: readonly string[]): string {
  return `${cells
    .map((cell, index) => cell.padEnd(COLUMNS[index]?.width ?? 0))
    .join("  ")
    .trimEnd()}\n`;
}

function value(name: string): (metrics: InstanceMetrics) => string {
  return ({ metrics }) => formatMetricValue(name, metrics[name] ?? null);
}
