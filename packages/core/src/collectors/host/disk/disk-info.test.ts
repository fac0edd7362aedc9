import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { DiskInfo, diskInfoSeries, parseUdevProperties } from "./disk-info.ts";
import { FIXTURES, RecordingWriter, ScratchFolder, tickAt } from "../testing/collect-once.ts";

test("reads only the properties of a udev record", () => {
  const properties = parseUdevProperties("S:disk/by-id/x\nE:ID_MODEL=a=b\nE:EMPTY=\nE:broken\nE:=x\nI:5\nE:cut");

  expect([...properties]).toEqual([
    ["ID_MODEL", "a=b"],
    ["EMPTY", ""],
  ]);
});

test("a record with the line ends of another system has the same properties", () => {
  expect([...parseUdevProperties("E:ID_MODEL=a\r\nE:ID_WWN=b\r\n")]).toEqual([
    ["ID_MODEL", "a"],
    ["ID_WWN", "b"],
  ]);
});

test("an ATA disk of the recorded machine shows its abilities and its filesystem", () => {
  const properties = parseUdevProperties(readFileSync(join(FIXTURES, "udev/data/b8:0"), "utf8"));

  const series = diskInfoSeries({ device: "sda", major: 8, minor: 0, rotational: "1", properties });

  expect(series.map(({ name, value }) => [name, value])).toEqual([
    ["node_disk_info", 1],
    ["node_disk_filesystem_info", 1],
    ["node_disk_ata_rotation_rate_rpm", 7200],
    ["node_disk_ata_write_cache", 1],
    ["node_disk_ata_write_cache_enabled", 0],
  ]);
});

test("an attribute that is not a number is omitted", () => {
  const properties = new Map([
    ["ID_ATA", "1"],
    ["ID_ATA_ROTATION_RATE_RPM", "fast"],
  ]);

  const series = diskInfoSeries({ device: "sda", major: 8, minor: 0, rotational: "0", properties });

  expect(series.map(({ name }) => name)).toEqual(["node_disk_info"]);
});

test("a machine without udev still shows which disks there are", () => {
  using empty = new ScratchFolder();
  const paths = { procfs: empty.path, sysfs: empty.path, rootfs: "/", udevData: join(empty.path, "udev/data") };
  const out = new RecordingWriter();

  new DiskInfo({ name: "vda", text: "vda" }, paths).write({ major: 254, minor: 0 }, tickAt(0), out);

  expect([...out.samples.keys()]).toEqual([
    'node_disk_info{device="vda",major="254",minor="0",model="",path="",revision="",rotational="0",serial="",wwn=""}',
  ]);
});
