import { formatBytes } from "./bytes.ts";
import { formatDuration } from "./duration.ts";

/** A core metric for display; its name ends in its unit. */
export function formatMetricValue(name: string, value: number | null): string {
  if (value === null) return "-";
  if (name.endsWith("_bytes_per_second")) return `${formatBytes(value)}/s`;
  if (name.endsWith("_bytes")) return formatBytes(value);
  if (name.endsWith("_seconds")) return formatDuration(value);
  const number = String(Number(value.toFixed(2)));
  return name.endsWith("_percent") ? `${number} %` : number;
}
