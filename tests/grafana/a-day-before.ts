/** Recorded series whose rules look back a day, and a usual value of each. */
const RECORDED = {
  "instance:node_cpu_usage_percent:avg10m": 20,
  "instance:node_memory_usage_percent:avg10m": 40,
} as const;

const MINUTE_SECONDS = 60;

/**
 * Those series from 25 hours before `nowMs` to a quarter of an hour before it, one sample per minute, as OpenMetrics text: what
 * a Prometheus that scraped `daemon` would have recorded.
 */
export function aDayBefore(daemon: string, nowMs: number): string {
  const end = Math.floor(nowMs / 1000) - 15 * MINUTE_SECONDS;
  const times = Array.from({ length: 25 * 60 }, (_, minute) => end - (25 * 60 - minute) * MINUTE_SECONDS);
  const families = Object.entries(RECORDED).map(([name, usual]) =>
    [
      `# TYPE ${name} gauge`,
      ...times.map((time, i) => `${name}{job="cloud-monitor",instance="${daemon}"} ${usual + (i % 5)} ${time}`),
    ].join("\n"),
  );
  return `${families.join("\n")}\n# EOF\n`;
}
