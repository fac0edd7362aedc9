import type { Availability } from "@cloud-monitor/client";
import { formatDuration } from "./duration.ts";

/** `99.97 %, 1 outage of 26s`. Never rounded up to 100 %. */
export function availabilityText({ availability, longestOutageSeconds, outages }: Availability): string {
  if (availability === null) return "unknown";
  const percent = `${(Math.floor(availability * 10_000) / 100).toFixed(2)} %`;
  if (outages === 0) return `${percent}, no outage`;
  const longest = formatDuration(longestOutageSeconds);
  return outages === 1
    ? `${percent}, 1 outage of ${longest}`
    : `${percent}, ${outages} outages, the longest ${longest}`;
}
