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
  {
    questions: /^alert HostRaid(?:Degraded|DiskFailed): /,
    holds: (samples) => !has(samples, "node_md_disks"),
    why: "the host has no software RAID",
  },
  {
    questions: /^alert HostBondDegraded: /,
    holds: (samples) => !has(samples, "node_bonding_slaves"),
    why: "the host has no bond of network interfaces",
  },
  {
    questions: /^alert HostService(?:Failed|Restarting): /,
    holds: (samples) => !has(samples, "node_systemd_unit_state"),
    why: "the systemd collector is not enabled",
  },
  {
    questions: /^alert HostConntrackNearlyFull: /,
    holds: (samples) => !has(samples, "node_nf_conntrack_entries"),
    why: "the kernel tracks no connections",
  },
  {
    questions: /^alert HostClock(?:Unsynchronized|Offset): /,
    holds: (samples) => !has(samples, "node_timex_sync_status"),
    why: "the state of the clock cannot be read, as in some containers",
  },
];

function has(samples: readonly ExposedSample[], metric: string): boolean {
  return samples.some(({ name }) => name === metric);
}
