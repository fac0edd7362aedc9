import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../../model/errors.ts";
import { byteNameOf, bytesOf } from "../kernel-files/byte-name.ts";

const PARTITION =
  /^(?:(?:h|s|v|xv)d[a-z]+|(?:nvme\d+n\d+|mmcblk\d+|nbd\d+|loop\d+|md\d+|zd\d+|(?:cciss|ida|rd)\/c\d+d\d+)p)\d+$/;
/** A Xen guest may have a disk with this name that is not a partition of `xvda`. */
const XEN_DISK = /^((?:h|s|xv)d[a-z]+)\d+$/;
const STACKED = /^(?:dm-|md)_?d?\d/;
/** These are stacked on other disks and have no `slaves`: ZFS volumes, bcache, DRBD, packet writing, vendors' multipath drivers. */
const STACKED_WITHOUT_SLAVES = /^(?:(?:zd|bcache|drbd|pktcdvd|vpath|VxVM|VxDMP)\d|(?:emcpower|sddlm)[a-z])/;
const MEMORY_OR_FILE = /^(?:z?ram|loop|nullb)\d/;

export interface DiskListing {
  readonly sysfs: string;
  /** Whether /proc/diskstats has a line with this name. */
  readonly has: (device: string) => boolean;
}

/**
 * Whether the bytes of `device` are counted nowhere else: it is not a partition, not stacked on other disks (device mapper
 * and RAID have `slaves` in sysfs, others are known by name), and not a loop or memory device. If sysfs does not have it,
 * its name decides.
 */
export function isWholeDisk(device: string, { sysfs, has }: DiskListing): boolean {
  if (MEMORY_OR_FILE.test(device) || STACKED_WITHOUT_SLAVES.test(device)) return false;
  // In sysfs a slash in a name (cciss/c0d0) is an exclamation mark.
  const folder = join(byteNameOf(sysfs), "class", "block", device.replaceAll("/", "!"));
  const known = existsSync(bytesOf(folder));
  if (known ? existsSync(bytesOf(join(folder, "partition"))) : isPartitionByName(device, has)) return false;
  const slaves = entriesOf(bytesOf(join(folder, "slaves")));
  return slaves === null ? !STACKED.test(device) : slaves.length === 0;
}

function isPartitionByName(device: string, has: DiskListing["has"]): boolean {
  const xen = XEN_DISK.exec(device);
  return xen === null ? PARTITION.test(device) : has(xen[1]!);
}

/** Null without the folder: there is no sysfs, or the disk was removed in the meantime. */
function entriesOf(folder: Buffer): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
