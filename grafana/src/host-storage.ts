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
      about: "Bytes a second of each whole disk.",
      unit: "Bps",
      min: 0,
      queries: [
        series(`rate(node_disk_read_bytes_total{${ON}}[$__rate_interval])`, "{{device}} read"),
        series(`rate(node_disk_written_bytes_total{${ON}}[$__rate_interval])`, "{{device}} written"),
      ],
    }),
    timeseries({
      title: "Requests",
      about: "Reads and writes that were finished a second.",
      unit: "iops",
      min: 0,
      queries: [
        series(`rate(node_disk_reads_completed_total{${ON}}[$__rate_interval])`, "{{device}} reads"),
        series(`rate(node_disk_writes_completed_total{${ON}}[$__rate_interval])`, "{{device}} writes"),
      ],
    }),
    timeseries({
      title: "Busy share",
      about:
        "Share of time with at least one request under way. A disk that serves many at once may be far from its limit at 100 %.",
      unit: "percentunit",
      min: 0,
      max: 1,
      queries: [series(`rate(node_disk_io_time_seconds_total{${ON}}[$__rate_interval])`, "{{device}}")],
      width: 8,
    }),
    timeseries({
      title: "Wait a request",
      about: "Mean time from a request to its end. Nothing is drawn while there are no requests.",
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
      title: "Requests under way",
      about: "Mean length of the queue, those being served included.",
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
      title: "Mounted now",
      about:
        "Used shares count what users other than root may fill as free. One that could not be read has no sizes here; see the panel beside.",
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
        "Value #D": { name: "Files used", unit: "percent", warnAt: 80, badAt: 90 },
        "Value #E": { name: "Read-only" },
      },
      hidden: ["Time"],
      sortBy: "Used",
      width: 16,
    }),
    timeseries({
      title: "Not readable",
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
      about: "How full each filesystem is, as users other than root see it.",
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
      title: "Available in a day, at the pace of the last hour",
      about:
        "A straight line through the last hour, drawn on for 24 hours. Below zero: full before then, if nothing changes.",
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
