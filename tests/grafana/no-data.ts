import type { ExposedSample } from "../support/exposition.ts";

/** Queries without data on some machines, when, and why. */
export interface NoData {
  /** Names of the queries: `<uid> / <panel> / <letter>`, `rule <name>`, `alert <name>: <selector>`. */
  readonly questions: RegExp;
  /** Whether that applies, from what the daemon on the machine serves. */
  readonly holds: (samples: readonly ExposedSample[]) => boolean;
  readonly why: string;
}

/** The only queries that may have no data; also in docs/grafana.md for users. */
export const NO_DATA: readonly NoData[] = [
  {
    questions: /^rule instance:node_swap_utilisation:ratio$/,
    holds: (samples) => samples.some(({ name, value }) => name === "node_swap_total_bytes" && value === 0),
    why: "the host has no swap space, so no share of it can be in use",
  },
  {
    questions: /^cloud-monitor-daemon \/ Other errors \/ A$/,
    holds: (samples) => !has(samples, "cloud_monitor_collector_errors_total"),
    why: "a collector's errors are a series from its first error on, and none failed",
  },
  {
    questions:
      /^cloud-monitor-host \/ (?:Read and written|Requests|Utilization|Wait per request|Requests in progress) \//,
    holds: (samples) => !has(samples, "node_disk_io_now"),
    why: "the kernel shows no whole disk, as in some containers",
  },
  {
    questions: /^cloud-monitor-host \/ Received and sent \/|_excluding_lo:rate5m$/,
    holds: (samples) =>
      !samples.some(({ name, labels }) => name === "node_network_receive_bytes_total" && labels["device"] !== "lo"),
    why: "the host has no network interface but lo",
  },
];

function has(samples: readonly ExposedSample[], metric: string): boolean {
  return samples.some(({ name }) => name === metric);
}
