import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import type { HostPaths } from "../host-paths.ts";
import { DiskInfo } from "./disk-info.ts";
import { diskTraffic } from "./disk-traffic.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { LabelTexts } from "../label-texts.ts";
import { nameFilter } from "../kernel-files/name-filter.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";
import { CounterDeltas } from "../../counter-deltas.ts";
import { isWholeDisk } from "./whole-disk.ts";

/** A sector of these counters is always 512 bytes, whatever the disk's own sector size (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;
/** Multiplied, not divided by 1000, so that the last bit of the result is that of node_exporter. */
const SECONDS = 0.001;

/** Family and factor of each column after the name; kernels before 4.18 have 11 columns, before 5.5 15. */
const COLUMNS = [
  ["node_disk_reads_completed_total", 1],
  ["node_disk_reads_merged_total", 1],
  ["node_disk_read_bytes_total", SECTOR_BYTES],
  ["node_disk_read_time_seconds_total", SECONDS],
  ["node_disk_writes_completed_total", 1],
  ["node_disk_writes_merged_total", 1],
  ["node_disk_written_bytes_total", SECTOR_BYTES],
  ["node_disk_write_time_seconds_total", SECONDS],
  ["node_disk_io_now", 1],
  ["node_disk_io_time_seconds_total", SECONDS],
  ["node_disk_io_time_weighted_seconds_total", SECONDS],
  ["node_disk_discards_completed_total", 1],
  ["node_disk_discards_merged_total", 1],
  ["node_disk_discarded_sectors_total", 1],
  ["node_disk_discard_time_seconds_total", SECONDS],
  ["node_disk_flush_requests_total", 1],
  ["node_disk_flush_requests_time_seconds_total", SECONDS],
] as const;
const COLUMNS_MIN = 11;
/** A device may be stacked on others while it exists. */
const WHOLE_PERIOD_MS = 60_000;
const READ_BYTES = 2;
const WRITTEN_BYTES = 6;

/** The same as in node_exporter 1.12, so that its dashboards and alerts count the same devices. */
export const DISKSTATS_SETTINGS = {
  diskDevicesExclude: {
    type: pattern,
    // RAM disks, loop devices, floppies and partitions.
    fallback: String.raw`^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`,
    help: "Block devices that the disk collector ignores, as a regular expression.",
    flag: "--collector.diskstats.device-exclude",
  },
  diskDevicesInclude: {
    type: pattern,
    fallback: "",
    help: "Block devices to which the diskstats collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.diskstats.device-include",
  },
} as const satisfies SettingDeclarations;

export const DISKSTATS: HostCollectorDefinition<typeof DISKSTATS_SETTINGS> = {
  name: "diskstats",
  families: [
    ...families(
      { type: "gauge", labels: ["device"] },
      {
        node_disk_ata_rotation_rate_rpm:
          "Rotation rate of an ATA disk in revolutions per minute; 0 for a solid-state disk.",
        node_disk_ata_write_cache: "1 if the ATA disk has a write cache.",
        node_disk_ata_write_cache_enabled: "1 if the write cache of the ATA disk is enabled.",
        node_disk_io_now: "Requests in progress.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["device", "lv_layer", "lv_name", "name", "uuid", "vg_name"] },
      {
        node_disk_device_mapper_info: "Always 1; the labels describe the device-mapper device.",
      },
    ),
    ...families(
      { type: "counter", labels: ["device"] },
      {
        node_disk_discard_time_seconds_total: "Time spent on discards, summed over all of them.",
        node_disk_discarded_sectors_total: "Sectors of 512 bytes discarded.",
        node_disk_discards_completed_total: "Discards (of unused blocks) completed.",
        node_disk_discards_merged_total: "Discards merged with an adjacent one before they were issued.",
        node_disk_flush_requests_time_seconds_total: "Time spent on flushes, summed over all of them.",
        node_disk_flush_requests_total: "Flushes of the write cache completed.",
        node_disk_io_time_seconds_total: "Time during which at least one request was in progress.",
        node_disk_io_time_weighted_seconds_total:
          "Time during which requests were in progress, summed over all of them.",
        node_disk_read_bytes_total: "Bytes read.",
        node_disk_read_time_seconds_total: "Time spent reading, summed over all reads.",
        node_disk_reads_completed_total: "Reads completed.",
        node_disk_reads_merged_total: "Reads merged with an adjacent one before they were issued.",
        node_disk_write_time_seconds_total: "Time spent writing, summed over all writes.",
        node_disk_writes_completed_total: "Writes completed.",
        node_disk_writes_merged_total: "Writes merged with an adjacent one before they were issued.",
        node_disk_written_bytes_total: "Bytes written.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["device", "type", "usage", "uuid", "version"] },
      {
        node_disk_filesystem_info: "Always 1; the labels describe the filesystem that udev found on the disk.",
      },
    ),
    ...families(
      {
        type: "gauge",
        labels: ["device", "major", "minor", "model", "path", "revision", "rotational", "serial", "wwn"],
      },
      {
        node_disk_info: "Always 1; the labels describe the disk.",
      },
    ),
  ],
  settings: DISKSTATS_SETTINGS,
  create: ({ files, options }) => new DiskstatsCollector(files.file("diskstats"), options),
};

/** Statistics of each disk, from /proc/diskstats. */
export class DiskstatsCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #disks: KeyedCache<KnownDisk>;
  readonly #deltas = new CounterDeltas();
  #listed: readonly DiskCounters[] = [];

  constructor(file: ProcFile, options: HostPaths & OptionsOf<typeof DISKSTATS_SETTINGS>) {
    this.#file = file;
    const texts = new LabelTexts();
    const listing = { sysfs: options.sysfs, has: (name: string) => this.#listed.some(({ device }) => device === name) };
    const isSelected = nameFilter(options.diskDevicesInclude, options.diskDevicesExclude);
    this.#disks = new KeyedCache(
      (name) => {
        if (!isSelected(name)) return null;
        const text = texts.claim(name);
        return {
          text,
          labels: labelBlock({ device: text }),
          whole: new RereadAfter(WHOLE_PERIOD_MS, () => isWholeDisk(name, listing)),
          info: new DiskInfo({ name, text }, options),
        };
      },
      (disk) => {
        if (disk !== null) texts.release(disk.text);
      },
    );
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const disks = parseDiskstats(this.#file.list());
    this.#listed = disks;
    const traffic = new Map<string, readonly number[]>();
    for (const disk of disks) {
      const known = this.#disks.get(disk.device);
      if (known === null) continue;
      const { values } = disk;
      for (let column = 0; column < values.length; column++) {
        out.series(COLUMNS[column]![0], known.labels, values[column]!);
      }
      known.info.write(disk, context, out);
      if (known.whole.get(context)) traffic.set(disk.device, [values[READ_BYTES]!, values[WRITTEN_BYTES]!]);
    }
    this.#disks.endReading();
    const deltas = this.#deltas.measure(context, traffic);
    if (deltas === null) return;
    const [read = 0, written = 0] = diskTraffic(deltas.byKey);
    out.column(COLUMN.disk_read_bytes_per_second, read / deltas.seconds);
    out.column(COLUMN.disk_written_bytes_per_second, written / deltas.seconds);
  }
}

/** Null for an ignored one. */
type KnownDisk = {
  readonly text: string;
  readonly labels: string;
  readonly whole: RereadAfter<boolean>;
  readonly info: DiskInfo;
} | null;

export interface DiskCounters {
  readonly major: number;
  readonly minor: number;
  readonly device: string;
  /** In base units, in the order of COLUMNS; as many as the kernel provides, at least 11. */
  readonly values: readonly number[];
}

/**
 * Lines without 11 numbers after the name are skipped. An empty text means no disks: a host booted from the network, or a
 * container with lxcfs. Throws `COLLECT_FAILED` when there are lines but none has the numbers.
 */
export function parseDiskstats(text: string): DiskCounters[] {
  const disks: DiskCounters[] = [];
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const major = scan.number();
    const minor = scan.number();
    const device = scan.word();
    if (Number.isNaN(major) || Number.isNaN(minor) || device === "") continue;
    const values: number[] = [];
    while (values.length < COLUMNS.length) {
      const value = scan.number();
      if (Number.isNaN(value)) break;
      values.push(value * COLUMNS[values.length]![1]);
    }
    if (values.length >= COLUMNS_MIN) disks.push({ major, minor, device, values });
  }
  if (disks.length > 0 || text === "") return disks;
  throw new CloudMonitorError(
    "COLLECT_FAILED",
    "/proc/diskstats has no line `major minor name` with 11 numbers or more",
  );
}
