import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, Reading, SampleWriter } from "../../../model/collector.ts";
import type { HostPaths } from "../host-options.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import { DiskInfo } from "./disk-info.ts";
import { diskTraffic } from "./disk-traffic.ts";
import type { HostCollector } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { LabelTexts } from "../label-texts.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";
import { TickGrowth } from "../tick-growth.ts";
import { isWholeDisk } from "./whole-disk.ts";

/** A sector of these counters is always 512 bytes, whatever the disk's own size (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;
/** Multiplied, not divided by 1000: the last bit of the result is then node_exporter's. */
const SECONDS = 0.001;

/** Family and factor of each column behind the name; kernels before 4.18 end after 11, before 5.5 after 15. */
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
/** A disk may be put on others while it is there. */
const WHOLE_PERIOD_MS = 60_000;
const READ_BYTES = 2;
const WRITTEN_BYTES = 6;

/** Work done by each disk, from /proc/diskstats. */
export class DiskstatsCollector implements HostCollector {
  readonly name = "diskstats";
  readonly #file: ProcFile;
  readonly #disks: KeyedCache<KnownDisk>;
  readonly #growth = new TickGrowth();
  #listed: readonly DiskCounters[] = [];

  constructor(file: ProcFile, paths: HostPaths, exclude: RegExp) {
    this.#file = file;
    const texts = new LabelTexts();
    const listing = { sysfs: paths.sysfs, has: (name: string) => this.#listed.some(({ device }) => device === name) };
    this.#disks = new KeyedCache(
      (name) => {
        if (exclude.test(textOf(name))) return null;
        const text = texts.claim(name);
        return {
          text,
          labels: labelBlock({ device: text }),
          whole: new RereadAfter(WHOLE_PERIOD_MS, () => isWholeDisk(name, listing)),
          info: new DiskInfo({ name, text }, paths),
        };
      },
      (disk) => {
        if (disk !== null) texts.release(disk.text);
      },
    );
  }

  collect(_instance: InstanceRef, reading: Reading, out: SampleWriter): void {
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
      known.info.write(disk, reading, out);
      if (known.whole.get(reading)) traffic.set(disk.device, [values[READ_BYTES]!, values[WRITTEN_BYTES]!]);
    }
    this.#disks.endReading();
    const growth = this.#growth.measure(reading, traffic);
    if (growth === null) return;
    const [read = 0, written = 0] = diskTraffic(growth.byKey);
    out.column(COLUMN.disk_read_bytes_per_second, read / growth.seconds);
    out.column(COLUMN.disk_written_bytes_per_second, written / growth.seconds);
  }

  close(): void {
    this.#file.close();
  }
}

/** Null for one that is left out. */
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
  /** In base units, in the order of COLUMNS; as many as the kernel has, at least 11. */
  readonly values: readonly number[];
}

/**
 * Lines without 11 numbers behind the name are passed over. An empty text is a list of no disks: a host that boots from the
 * network, or a container whose list lxcfs makes. Throws `COLLECT_FAILED` when there are lines and none has the numbers.
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
