import { readFileSync } from "node:fs";
import type { PathLike } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../../model/errors.ts";
import type { CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { HostPaths } from "../host-paths.ts";
import { byteNameOf, bytesOf } from "../kernel-files/byte-name.ts";
import { decimal } from "../kernel-files/decimal.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";

/** udev rewrites a disk's properties when it is formatted or relabelled. */
const PERIOD_MS = 60_000;

/** A series that depends only on the disk's properties. */
export interface InfoSeries {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

export interface DiskName {
  readonly name: string;
  /** As shown in labels. */
  readonly text: string;
}

/** The properties of one disk from udev and sysfs: model, serial number, filesystem, device-mapper name, ATA abilities. */
export class DiskInfo {
  readonly #series: RereadAfter<readonly InfoSeries[]>;
  #number = { major: 0, minor: 0 };

  constructor({ name, text: device }: DiskName, paths: HostPaths) {
    this.#series = new RereadAfter(PERIOD_MS, () => {
      const { major, minor } = this.#number;
      const properties = parseUdevProperties(textIfThere(join(paths.udevData, `b${major}:${minor}`)));
      // In sysfs a slash in a name (cciss/c0d0) is an exclamation mark.
      const folder = join(byteNameOf(paths.sysfs), "block", name.replaceAll("/", "!"));
      const rotational = textIfThere(bytesOf(join(folder, "queue", "rotational"))).trim();
      return diskInfoSeries({ device, major, minor, rotational: rotational === "1" ? "1" : "0", properties });
    });
  }

  write(number: { readonly major: number; readonly minor: number }, context: CollectContext, out: SampleWriter): void {
    this.#number = number;
    for (const { name, labels, value } of this.#series.get(context)) out.series(name, labels, value);
  }
}

/** The `E:NAME=value` lines of a file of /run/udev/data. */
export function parseUdevProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const equals = line.indexOf("=");
    if (line.startsWith("E:") && equals > 2) properties.set(line.slice(2, equals), line.slice(equals + 1));
  }
  return properties;
}

export interface DiskProperties {
  readonly device: string;
  readonly major: number;
  readonly minor: number;
  readonly rotational: "0" | "1";
  readonly properties: ReadonlyMap<string, string>;
}

export function diskInfoSeries(disk: DiskProperties): InfoSeries[] {
  const device = disk.device;
  const property = (name: string) => disk.properties.get(name) ?? "";
  const series = [info("node_disk_info", infoLabels(disk, property))];
  const type = property("ID_FS_TYPE");
  if (type !== "") {
    const [usage, uuid, version] = [property("ID_FS_USAGE"), property("ID_FS_UUID"), property("ID_FS_VERSION")];
    series.push(info("node_disk_filesystem_info", { device, type, usage, uuid, version }));
  }
  const name = property("DM_NAME");
  if (name !== "") {
    const [lv_layer, lv_name] = [property("DM_LV_LAYER"), property("DM_LV_NAME")];
    const [uuid, vg_name] = [property("DM_UUID"), property("DM_VG_NAME")];
    series.push(info("node_disk_device_mapper_info", { device, lv_layer, lv_name, name, uuid, vg_name }));
  }
  if (property("ID_ATA") !== "") series.push(...ataSeries(device, property));
  return series;
}

function infoLabels(disk: DiskProperties, property: (name: string) => string): Record<string, string> {
  return {
    device: disk.device,
    major: String(disk.major),
    minor: String(disk.minor),
    model: property("ID_MODEL"),
    path: property("ID_PATH"),
    revision: property("ID_REVISION"),
    rotational: disk.rotational,
    // The first is printed on the disk; virtio disks have only the last.
    serial: property("SCSI_IDENT_SERIAL") || property("ID_SERIAL_SHORT") || property("ID_SERIAL"),
    wwn: property("ID_WWN"),
  };
}

function ataSeries(device: string, property: (name: string) => string): InfoSeries[] {
  const labels = labelBlock({ device });
  const abilities = {
    node_disk_ata_rotation_rate_rpm: "ID_ATA_ROTATION_RATE_RPM",
    node_disk_ata_write_cache: "ID_ATA_WRITE_CACHE",
    node_disk_ata_write_cache_enabled: "ID_ATA_WRITE_CACHE_ENABLED",
  };
  return Object.entries(abilities).flatMap(([name, key]) => {
    const value = decimal(property(key));
    return value === null ? [] : [{ name, labels, value }];
  });
}

function info(name: string, labels: Readonly<Record<string, string>>): InfoSeries {
  return { name, labels: labelBlock(labels), value: 1 };
}

/** "" when the file does not exist, as in containers without /run/udev. */
function textIfThere(path: PathLike): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return "";
    throw error;
  }
}
