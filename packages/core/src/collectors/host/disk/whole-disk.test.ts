import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ScratchFolder } from "../testing/collect-once.ts";
import { isWholeDisk } from "./whole-disk.ts";

test("sysfs decides: partitions and stacked devices are not whole disks", () => {
  using sysfs = new ScratchFolder();
  mkdirSync(join(sysfs.path, "class/block/sda/slaves"), { recursive: true });
  mkdirSync(join(sysfs.path, "class/block/dm-1/slaves"), { recursive: true });
  sysfs.write("class/block/odd1/partition", "1\n");
  sysfs.write("class/block/odd2/slaves/sda", "");

  const whole = ["sda", "dm-1", "odd1", "odd2"].filter((device) =>
    isWholeDisk(device, { sysfs: sysfs.path, has: () => true }),
  );

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

  const whole = names.filter((device) => isWholeDisk(device, { sysfs: "/nowhere", has: () => true }));

  expect(whole).toEqual(["sda", "nvme0n1", "mmcblk0", "sr0"]);
});

test("memory and files are no disks", () => {
  using sysfs = new ScratchFolder();
  mkdirSync(join(sysfs.path, "class/block/loop0/slaves"), { recursive: true });

  expect(
    ["loop0", "ram1", "zram0"].filter((device) => isWholeDisk(device, { sysfs: sysfs.path, has: () => true })),
  ).toEqual([]);
});

test.each(["with", "without"])(
  "what lies on other disks is not whole, also %s an entry in sysfs that has no slaves",
  (entry) => {
    using sysfs = new ScratchFolder();
    const stacked = ["zd0", "zd16p1", "bcache0", "drbd1", "dm-0", "md127", "pktcdvd0", "emcpowera", "loop0p1"];
    for (const device of entry === "with" ? stacked : [])
      mkdirSync(join(sysfs.path, "class/block", device), { recursive: true });

    expect(stacked.filter((device) => isWholeDisk(device, { sysfs: sysfs.path, has: () => true }))).toEqual([]);
  },
);

test("network disks, optical ones and separate boot areas are whole disks", () => {
  const names = [
    "nbd0",
    "rbd0",
    "sr0",
    "mmcblk0boot0",
    "mmcblk0",
    "nvme0n1",
    "nvme0c0n1",
    "dasda",
    "pmem0",
    "cciss/c0d0",
  ];

  expect(names.filter((device) => !isWholeDisk(device, { sysfs: "/nowhere", has: () => true }))).toEqual([]);
});

test("a guest's disk that is named like a partition is whole where the disk of that name is not there", () => {
  const whole = (listed: readonly string[]) => {
    return listed.filter((device) => isWholeDisk(device, { sysfs: "/nowhere", has: (name) => listed.includes(name) }));
  };

  expect([whole(["xvda1", "xvda2"]), whole(["xvda", "xvda1"])]).toEqual([["xvda1", "xvda2"], ["xvda"]]);
});
