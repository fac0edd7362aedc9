import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { defaultOptions } from "../../testing/default-options.ts";
import { DiskstatsCollector, parseDiskstats } from "./diskstats.ts";
import { ScratchFolder, collectOnce, damaged, refreshAt, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";

test("sectors become bytes and milliseconds seconds", () => {
  const [disk] = parseDiskstats("   8       0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n");

  expect(disk).toEqual({ major: 8, minor: 0, device: "sda", values: [1, 2, 1536, 4, 5, 6, 3584, 8, 9, 10, 11] });
});

test("has as many values as the kernel has columns, and passes over later ones", () => {
  const columns = (count: number) => Array.from({ length: count }, (_, index) => index).join(" ");
  const text = [11, 15, 17, 20].map((count) => `8 ${count} sd${count} ${columns(count)}\n`).join("");

  expect(parseDiskstats(text).map(({ values }) => values.length)).toEqual([11, 15, 17, 17]);
});

test.each(["8 0 sda 1 2 3\n", "8 0\n", "a b sda 1 2 3 4 5 6 7 8 9 10 11\n"])("%p has no disk", (text) => {
  expect(() => parseDiskstats(text)).toThrow("11 numbers");
});

test("an empty list is a list of no disks: nothing is written and nothing fails", () => {
  using machine = new Machine();
  machine.write({});

  const outs = [0, 1000].map((atMs) => collectOnce(machine.collector, tickAt(atMs)));

  expect(outs.map((out) => out.written.length + out.columns.size)).toEqual([0, 0]);
});

test("any text gives rows of finite values, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/diskstats"), (text) => {
      for (const { device, values } of valuesOrRefusal(() => parseDiskstats(text)) ?? []) {
        expect(device).not.toBe("");
        expect(values.length).toBeGreaterThanOrEqual(11);
        expect(values.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
      }
    }),
  );
});

test("rates count each byte once: whole disks, not their partitions or what is stacked on them", () => {
  using machine = new Machine();
  machine.write({ sda: [0, 0], sda1: [0, 0], nvme0n1: [0, 0], nvme0n1p1: [0, 0], mmcblk0p1: [0, 0], "dm-0": [0, 0] });
  const first = collectOnce(machine.collector, tickAt(0));
  machine.write({
    sda: [10, 20],
    sda1: [10, 20],
    nvme0n1: [30, 0],
    nvme0n1p1: [30, 0],
    mmcblk0p1: [7, 7],
    "dm-0": [40, 20],
  });
  const refreshed = collectOnce(machine.collector, refreshAt(1000));

  const second = collectOnce(machine.collector, tickAt(2000));

  expect(first.columns.size + refreshed.columns.size).toBe(0);
  expect(second.core("disk_read_bytes_per_second")).toBe(40 * 256);
  expect(second.core("disk_written_bytes_per_second")).toBe(20 * 256);
});

test.each([
  ["a namespace whose counters stand still and its path", { nvme0c0n1: [2048, 4096], nvme0n1: [0, 0] }],
  ["a namespace that counts and its path", { nvme0c0n1: [2048, 4096], nvme0n1: [2048, 4096] }],
  ["a ZFS volume and the disk of its pool", { sda: [2048, 4096], zd0: [2048, 4096] }],
  [
    "RAID with LVM on it and two disks",
    { sda: [1024, 2048], sdb: [1024, 2048], md0: [2048, 4096], "dm-0": [2048, 4096] },
  ],
] as const)("%s count 1 MiB once", (_, sectors) => {
  using machine = new Machine();
  machine.write(Object.fromEntries(Object.keys(sectors).map((disk) => [disk, [0, 0]])));
  collectOnce(machine.collector, tickAt(0));
  machine.write(sectors);

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("disk_read_bytes_per_second")).toBe(1_048_576);
  expect(out.core("disk_written_bytes_per_second")).toBe(2_097_152);
});

test("a disk whose counters were reset is excluded from that tick, the other one counts", () => {
  using machine = new Machine();
  machine.write({ sda: [5000, 5000], sdb: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.write({ sda: [10, 5001], sdb: [20, 2] });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("disk_read_bytes_per_second")).toBe(20 * 512);
  expect(out.core("disk_written_bytes_per_second")).toBe(2 * 512);
});

test("two disks whose names are no UTF-8 are two series", () => {
  using machine = new Machine();
  machine.writeBytes("8 0 x\xff 1 0 5 0 1 0 6 0 0 0 0\n8 1 x\xfe 1 0 7 0 1 0 8 0 0 0 0\n");

  const { samples } = collectOnce(machine.collector, tickAt(0));

  expect(samples.get('node_disk_read_bytes_total{device="x\uFFFD"}')).toBe(5 * 512);
  expect(samples.get('node_disk_read_bytes_total{device="x\uFFFD<FE>"}')).toBe(7 * 512);
});

test("a device that is stacked on others while it exists stops being counted within a minute", () => {
  using machine = new Machine();
  machine.folder.write("sys/class/block/dm-0/slaves/.keep", "");
  rmSync(join(machine.folder.path, "sys/class/block/dm-0/slaves/.keep"));
  machine.write({ sda: [0, 0], "dm-0": [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.folder.write("sys/class/block/dm-0/slaves/sda", "");
  collectOnce(machine.collector, tickAt(60_000));
  machine.write({ sda: [2, 0], "dm-0": [2, 0] });

  const out = collectOnce(machine.collector, tickAt(61_000));

  expect(out.core("disk_read_bytes_per_second")).toBe(2 * 512);
});

test("excluded devices are not served", () => {
  using machine = new Machine();
  machine.write({ sda: [0, 0], sda1: [0, 0], loop0: [0, 0] });

  const out = collectOnce(machine.collector, tickAt(0));

  expect([...new Set(out.written.map(({ labels }) => /device="(\w+)"/.exec(labels)![1]))]).toEqual(["sda"]);
});

class Machine {
  readonly folder = new ScratchFolder();
  readonly collector: DiskstatsCollector;

  constructor() {
    const root = this.folder.path;
    const options = { ...defaultOptions(), sysfs: join(root, "sys"), udevData: join(root, "udev") };
    this.collector = new DiskstatsCollector(this.folder.files.file("diskstats"), options);
  }

  /** Sectors read and written, by device. */
  write(sectors: Readonly<Record<string, readonly number[]>>): void {
    const lines = Object.entries(sectors).map(
      ([name, [read, written]]) => `8 0 ${name} 1 0 ${read} 0 1 0 ${written} 0 0 0 0\n`,
    );
    this.folder.write("diskstats", lines.join(""));
  }

  writeBytes(text: string): void {
    writeFileSync(this.folder.write("diskstats", ""), Buffer.from(text, "latin1"));
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}
