import type { Section } from "./layout.ts";
import { table, timeseries } from "./panels.ts";
import { rows, series } from "./queries.ts";

const ON = 'job="$job", instance="$daemon"';
const MOUNTED = `${ON}, device_error=""`;
const BY_MOUNT = "max by (mountpoint, device, fstype)";

const DISKS: Section = {
  title: "Disks",
  panels: [
    timeseries({
      title: "Read and written",
      about: "Bytes per second of each whole disk.",
      unit: "Bps",
      min: 0,
      queries: [
        series(`rate(node_disk_read_bytes_total{${ON}}[$__rate_interval])`, "{{device}} read"),
        series(`rate(node_disk_written_bytes_total{${ON}}[$__rate_interval])`, "{{device}} written"),
      ],
    }),
    timeseries({
      title: "Requests",
      about: "Reads and writes completed per second.",
      unit: "iops",
      min: 0,
      queries: [
        series(`rate(node_disk_reads_completed_total{${ON}}[$__rate_interval])`, "{{device}} reads"),
        series(`rate(node_disk_writes_completed_total{${ON}}[$__rate_interval])`, "{{device}} writes"),
      ],
    }),
    timeseries({
      title: "Utilization",
      about:
        "Share of time with at least one request in progress. A disk that serves many at once may be far from its limit at 100 %.",
      unit: "percentunit",
      min: 0,
      max: 1,
      queries: [series(`rate(node_disk_io_time_seconds_total{${ON}}[$__rate_interval])`, "{{device}}")],
      width: 8,
    }),
    timeseries({
      title: "Wait per request",
      about: "Mean time from a request to its completion. Empty while there are no requests.",
      unit: "s",
      min: 0,
      queries: [
        series(
          `(rate(node_disk_read_time_seconds_total{${ON}}[$__rate_interval]) + rate(node_disk_write_time_seconds_total{${ON}}[$__rate_interval])) / (rate(node_disk_reads_completed_total{${ON}}[$__rate_interval]) + rate(node_disk_writes_completed_total{${ON}}[$__rate_interval]))`,
          "{{device}}",
        ),
      ],
      width: 8,
    }),
    timeseries({
      title: "Requests in progress",
      about: "Mean length of the queue, including requests being served.",
      unit: "none",
      min: 0,
      queries: [series(`rate(node_disk_io_time_weighted_seconds_total{${ON}}[$__rate_interval])`, "{{device}}")],
      width: 8,
    }),
  ],
};

const FILESYSTEMS: Section = {
  title: "Filesystems",
  panels: [
    table({
      title: "Mounts",
      about:
        "Used shares count only the space available to users other than root as free. A filesystem that could not be read has no sizes here; see the next panel.",
      unit: "none",
      queries: [
        rows(`${BY_MOUNT} (node_filesystem_size_bytes{${MOUNTED}})`),
        rows(`${BY_MOUNT} (node_filesystem_avail_bytes{${MOUNTED}})`),
        rows(
          `${BY_MOUNT} (100 * (1 - node_filesystem_avail_bytes{${MOUNTED}} / (node_filesystem_size_bytes{${MOUNTED}} - node_filesystem_free_bytes{${MOUNTED}} + node_filesystem_avail_bytes{${MOUNTED}})))`,
        ),
        rows(`${BY_MOUNT} (100 * (1 - node_filesystem_files_free{${MOUNTED}} / node_filesystem_files{${MOUNTED}}))`),
        rows(`${BY_MOUNT} (node_filesystem_readonly{${MOUNTED}})`),
      ],
      columns: {
        "Value #A": { name: "Size", unit: "bytes" },
        "Value #B": { name: "Available", unit: "bytes" },
        "Value #C": { name: "Used", unit: "percent", warnAt: 80, badAt: 90 },
        "Value #D": { name: "Inodes used", unit: "percent", warnAt: 80, badAt: 90 },
        "Value #E": { name: "Read-only" },
      },
      hidden: ["Time"],
      sortBy: "Used",
      width: 16,
    }),
    timeseries({
      title: "Unreadable",
      about:
        "1 while the sizes of a filesystem cannot be read: a hung network mount, a mount point that is closed to the daemon.",
      unit: "none",
      min: 0,
      max: 1,
      queries: [series(`max by (mountpoint) (node_filesystem_device_error{${ON}})`, "{{mountpoint}}")],
      width: 8,
      height: 9,
    }),
    timeseries({
      title: "Used share",
      about: "Used share of each filesystem, as seen by users other than root.",
      unit: "percent",
      min: 0,
      max: 100,
      warnAt: 80,
      badAt: 90,
      queries: [
        series(
          `max by (mountpoint) (100 * (1 - node_filesystem_avail_bytes{${MOUNTED}} / (node_filesystem_size_bytes{${MOUNTED}} - node_filesystem_free_bytes{${MOUNTED}} + node_filesystem_avail_bytes{${MOUNTED}})))`,
          "{{mountpoint}}",
        ),
      ],
    }),
    timeseries({
      title: "Available in 24 hours, at the rate of the last hour",
      about: "A linear extrapolation of the last hour by 24 hours. Below zero: full before then, if nothing changes.",
      unit: "bytes",
      queries: [
        series(
          `min by (mountpoint) (predict_linear(node_filesystem_avail_bytes{${MOUNTED}}[1h], 86400))`,
          "{{mountpoint}}",
        ),
      ],
    }),
  ],
};

/** Disks and filesystems of the host. */
export const HOST_STORAGE: readonly Section[] = [DISKS, FILESYSTEMS];
