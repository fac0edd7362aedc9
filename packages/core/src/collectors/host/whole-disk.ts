import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../model/errors.ts";

const PARTITION = /^(?:(?:h|s|v|xv)d[a-z]+|(?:nvme\d+n\d+|mmcblk\d+|nbd\d+)p)\d+$/;
const STACKED = /^(?:dm-|md|bcache)\d/;
const MEMORY_OR_FILE = /^(?:z?ram|loop)\d/;

/**
 * Whether the bytes of `device` are counted nowhere else: it is no partition, does not lie on other disks (device mapper,
 * RAID, bcache: those have `slaves` in sysfs), and is no loop or memory device. Where sysfs does not know it, its name decides.
 */
export function isWholeDisk(device: string, sysfs: string): boolean {
  if (MEMORY_OR_FILE.test(device)) return false;
  const folder = join(sysfs, "class", "block", device.replaceAll("/", "!"));
  if (!existsSync(folder)) return !PARTITION.test(device) && !STACKED.test(device);
  return !existsSync(join(folder, "partition")) && isEmpty(join(folder, "slaves"));
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    // Without the folder (or with the disk gone meanwhile) nothing lies below.
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
}
