import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ScratchFolder } from "./collector.fixture.ts";
import { isWholeDisk } from "./whole-disk.ts";

test("sysfs decides: partitions and devices that lie on others are not whole", () => {
  using sysfs = new ScratchFolder();
  mkdirSync(join(sysfs.path, "class/block/sda/slaves"), { recursive: true });
  mkdirSync(join(sysfs.path, "class/block/dm-1/slaves"), { recursive: true });
  sysfs.write("class/block/odd1/partition", "1\n");
  sysfs.write("class/block/odd2/slaves/sda", "");

  const whole = ["sda", "dm-1", "odd1", "odd2"].filter((device) => isWholeDisk(device, sysfs.path));

  expect(whole).toEqual(["sda", "dm-1"]);
});

test("where sysfs does not know the device its name decides", () => {
  const names = [
    "sda",
    "sda1",
    "vdb2",
    "nvme0n1",
    "nvme0n1p1",
    "mmcblk0",
    "mmcblk0p2",
    "dm-0",
    "md127",
    "bcache0",
    "sr0",
  ];

  const whole = names.filter((device) => isWholeDisk(device, "/nowhere"));

  expect(whole).toEqual(["sda", "nvme0n1", "mmcblk0", "sr0"]);
});

test("memory and files are no disks", () => {
  using sysfs = new ScratchFolder();
  mkdirSync(join(sysfs.path, "class/block/loop0/slaves"), { recursive: true });

  expect(["loop0", "ram1", "zram0"].filter((device) => isWholeDisk(device, sysfs.path))).toEqual([]);
});
