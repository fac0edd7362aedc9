import { dashboard } from "./dashboard.ts";
import { HOST_CPU } from "./host-cpu.ts";
import { HOST_STORAGE } from "./host-storage.ts";
import { TO_DAEMON, UID } from "./links.ts";
import { stat, table, timeseries } from "./panels.ts";
import type { Section } from "./layout.ts";
import { newest, rows, series } from "./queries.ts";
import { DAEMON, DATASOURCE, JOB } from "./variables.ts";

const ON = 'job="$job", instance="$daemon"';

const NOW: Section = {
  title: "Now",
  panels: [
    stat({
      title: "Reachable",
      about:
        "Whether the last scrape of the daemon on this host succeeded. A host that is down and a daemon that is stopped look the same here.",
      unit: "none",
      queries: [newest(`up{${ON}}`, "{{instance}}")],
      values: { "0": { text: "no", color: "red" }, "1": { text: "yes", color: "green" } },
      links: [TO_DAEMON],
    }),
    stat({
      title: "Uptime",
      about: "Time since the host booted.",
      unit: "s",
      decimals: 0,
      queries: [newest(`node_uptime_seconds{${ON}}`, "uptime")],
    }),
    stat({
      title: "CPU usage",
      about: "Share of CPU time neither idle nor waiting for I/O since the last tick, over all CPUs.",
      unit: "percent",
      decimals: 1,
      warnAt: 80,
      badAt: 95,
      queries: [newest(`node_cpu_usage_percent{${ON}}`, "used")],
    }),
    stat({
      title: "Memory usage",
      about: "Share of memory not available to new processes.",
      unit: "percent",
      decimals: 1,
      warnAt: 85,
      badAt: 95,
      queries: [newest(`100 * node_memory_used_bytes{${ON}} / node_memory_total_bytes{${ON}}`, "used")],
    }),
    stat({
      title: "Load per CPU",
      about:
        "Runnable and uninterruptible tasks of the last minute, divided by the number of CPUs. Above 1, tasks wait.",
      unit: "none",
      decimals: 2,
      warnAt: 1,
      badAt: 2,
      queries: [
        newest(
          `node_load1{${ON}} / on (instance) count by (instance) (node_cpu_seconds_total{${ON}, mode="idle"})`,
          "load",
        ),
      ],
    }),
    stat({
      title: "Fullest filesystem",
      about:
        "Used share of the fullest writable filesystem; read-only, memory, image and pseudo filesystems are ignored.",
      unit: "percent",
      decimals: 1,
      warnAt: 80,
      badAt: 90,
      queries: [newest(`cloud_monitor_fleet_filesystem_usage_percent{${ON}, kind="host", statistic="max"}`, "used")],
    }),
  ],
};

const NETWORK: Section = {
  title: "Network",
  panels: [
    timeseries({
      title: "Received and sent",
      about: "Bytes a second of each interface but lo.",
      unit: "Bps",
      min: 0,
      queries: [
        series(`rate(node_network_receive_bytes_total{${ON}, device!="lo"}[$__rate_interval])`, "{{device}} received"),
        series(`rate(node_network_transmit_bytes_total{${ON}, device!="lo"}[$__rate_interval])`, "{{device}} sent"),
      ],
    }),
    timeseries({
      title: "Packets lost",
      about:
        "Packets a second that were in error or dropped. A steady rate means a bad cable, a full queue or nobody who reads.",
      unit: "pps",
      min: 0,
      queries: [
        series(`rate(node_network_receive_errors_total{${ON}}[$__rate_interval])`, "{{device}} received in error"),
        series(`rate(node_network_transmit_errors_total{${ON}}[$__rate_interval])`, "{{device}} not sent"),
        series(`rate(node_network_receive_drop_total{${ON}}[$__rate_interval])`, "{{device}} dropped on receipt"),
        series(`rate(node_network_transmit_drop_total{${ON}}[$__rate_interval])`, "{{device}} dropped on sending"),
      ],
    }),
  ],
};

const CLOCK_AND_READING: Section = {
  title: "Clock and reading",
  panels: [
    timeseries({
      title: "Clock against Prometheus",
      about: "The host's clock minus the time of the scrape. More than a second: one of the two clocks is wrong.",
      unit: "s",
      queries: [series(`node_time_seconds{${ON}} - timestamp(node_time_seconds{${ON}})`, "ahead by")],
      width: 8,
    }),
    timeseries({
      title: "Time to read each source",
      about: "Duration of each host collector's last reading.",
      unit: "s",
      min: 0,
      queries: [series(`node_scrape_collector_duration_seconds{${ON}}`, "{{collector}}")],
      width: 8,
    }),
    table({
      title: "Collectors",
      about:
        "1: the collector could read its source. One at 0 leaves its metrics out, and the log of the daemon says why.",
      unit: "none",
      queries: [rows(`max by (collector) (node_scrape_collector_success{${ON}})`)],
      columns: { Value: { name: "Could read" } },
      hidden: ["Time"],
      width: 8,
      height: 8,
    }),
  ],
};

export const HOST = dashboard({
  uid: UID.host,
  title: "cloud-monitor / Host",
  about: "The host that a daemon runs on: its resources, what is scarce, and what slows it down.",
  variables: [DATASOURCE, DAEMON, JOB],
  sections: [NOW, ...HOST_CPU, ...HOST_STORAGE, NETWORK, CLOCK_AND_READING],
});
