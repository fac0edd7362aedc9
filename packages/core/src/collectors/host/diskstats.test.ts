import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { DISK_DEVICES_EXCLUDE } from "../../config/host-defaults.ts";
import { DiskstatsCollector, parseDiskstats } from "./diskstats.ts";
import { ProcFile } from "./proc-file.ts";
import { ScratchFolder, collectOnce, damaged, refreshAt, tickAt, valuesOrRefusal } from "./collector.fixture.ts";

test("sectors become bytes and milliseconds seconds", () => {
  const [disk] = parseDiskstats("   8       0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n");

  expect(disk).toEqual({ major: 8, minor: 0, device: "sda", values: [1, 2, 1536, 4, 5, 6, 3584, 8, 9, 10, 11] });
});

test("has as many values as the kernel has columns, and passes over later ones", () => {
  const columns = (count: number) => Array.from({ length: count }, (_, index) => index).join(" ");
  const text = [11, 15, 17, 20].map((count) => `8 ${count} sd${count} ${columns(count)}\n`).join("");

  expect(parseDiskstats(text).map(({ values }) => values.length)).toEqual([11, 15, 17, 17]);
});

test.each(["", "8 0 sda 1 2 3\n", "8 0\n", "a b sda 1 2 3 4 5 6 7 8 9 10 11\n"])("%p has no disk", (text) => {
  expect(() => parseDiskstats(text)).toThrow("11 numbers");
});

test("any text gives rows of finite values, or a refusal", () => {
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

test("excluded devices are not served", () => {
  using machine = new Machine();
  machine.write({ sda: [0, 0], sda1: [0, 0], loop0: [0, 0] });

  const out = collectOnce(machine.collector, tickAt(0));

  expect([...new Set(out.written.map(({ labels }) => /device="(\w+)"/.exec(labels)![1]))]).toEqual(["sda"]);
});

class Machine {
  readonly #folder = new ScratchFolder();
  readonly collector: DiskstatsCollector;

  constructor() {
    const root = this.#folder.path;
    const paths = { procfs: root, sysfs: join(root, "sys"), rootfs: "/", udevData: join(root, "udev") };
    const file = new ProcFile(join(root, "diskstats"));
    this.collector = new DiskstatsCollector(file, paths, new RegExp(DISK_DEVICES_EXCLUDE));
  }

  /** Sectors read and written, by device. */
  write(sectors: Record<string, readonly [number, number]>): void {
    const lines = Object.entries(sectors).map(
      ([name, [read, written]]) => `8 0 ${name} 1 0 ${read} 0 1 0 ${written} 0 0 0 0\n`,
    );
    this.#folder.write("diskstats", lines.join(""));
  }

  [Symbol.dispose](): void {
    this.collector.close();
    this.#folder[Symbol.dispose]();
  }
}
