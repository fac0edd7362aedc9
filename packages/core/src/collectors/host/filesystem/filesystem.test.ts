import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FilesystemCollector } from "./filesystem.ts";
import { readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";
import { MOUNT_PROBE_DEFAULTS, MountProbe } from "./mount-probe.ts";
import { MountTable } from "./mount-table.ts";
import { ScratchFolder, collectOnce, endChild, filesOfTest, tickAt, until } from "../testing/collect-once.ts";

const NOTHING = /^$/;

test("shows sizes, read-only state and device number of a local mount", () => {
  using machine = new Machine("1 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw\n");

  const { samples } = collectOnce(machine.collector, tickAt(0));

  const labels = 'device="/dev/sda1",device_error="",fstype="ext4",mountpoint="/"';
  const sizes = readFilesystemSizes(Buffer.from(machine.root)) as FilesystemSizes;
  expect(samples.get(`node_filesystem_size_bytes{${labels}}`)).toBe(sizes.sizeBytes);
  expect(samples.get(`node_filesystem_files{${labels}}`)).toBe(sizes.files);
  expect(samples.get(`node_filesystem_readonly{${labels}}`)).toBe(1);
  expect(samples.get(`node_filesystem_device_error{${labels}}`)).toBe(0);
  expect(samples.get('node_filesystem_mount_info{device="/dev/sda1",major="8",minor="1",mountpoint="/"}')).toBe(1);
  expect(samples.size).toBe(8);
});

test("the fullest real filesystem is a column", () => {
  using machine = new Machine("2 1 8:1 / / rw - ext4 /dev/sda1 rw\n3 2 0:5 / /run rw - tmpfs tmpfs rw\n");
  mkdirSync(join(machine.root, "run"));

  const out = collectOnce(machine.collector, tickAt(0));

  const sizes = readFilesystemSizes(Buffer.from(machine.root)) as FilesystemSizes;
  expect(out.core("filesystem_usage_percent")).toBeCloseTo(usedPercent(sizes)!, 0);
});

test("a read-only filesystem is not the fullest, however full", () => {
  using machine = new Machine("2 1 8:1 / / rw - ext4 /dev/sda1 rw\n3 2 0:50 / /image ro - ext4 /dev/dm-0 ro\n");
  mkdirSync(join(machine.root, "image"));
  const withImage = collectOnce(machine.collector, tickAt(0)).core("filesystem_usage_percent");
  machine.folder.write("proc/1/mountinfo", "3 1 0:50 / / ro - ext4 /dev/dm-0 ro\n");

  const alone = collectOnce(machine.collector, tickAt(5000));

  expect(withImage).toBeGreaterThan(0);
  expect(alone.core("filesystem_usage_percent")).toBeUndefined();
  expect(alone.written.map(({ name }) => name)).toContain("node_filesystem_size_bytes");
});

test("memory filesystems alone make no such column", () => {
  using machine = new Machine("1 1 0:5 / / rw - tmpfs tmpfs rw\n");

  const out = collectOnce(machine.collector, tickAt(0));

  expect(out.core("filesystem_usage_percent")).toBeUndefined();
  expect(out.written.map(({ name }) => name)).toContain("node_filesystem_size_bytes");
});

test("a mount that cannot be read shows why and no sizes, the others are served", () => {
  using machine = new Machine("3 2 8:1 / /gone rw - ext4 /dev/sda1 rw\n2 1 8:2 / / rw - ext4 /dev/sda2 rw\n");

  const { samples, written } = collectOnce(machine.collector, tickAt(0));

  const labels = 'device="/dev/sda1",device_error="no such file or directory",fstype="ext4",mountpoint="/gone"';
  expect(samples.get(`node_filesystem_device_error{${labels}}`)).toBe(1);
  expect(written.filter(({ name }) => name === "node_filesystem_size_bytes")).toHaveLength(1);
});

test("a remote mount is queried only by the child, and shown when that has responded", async () => {
  using machine = new Machine("1 1 0:50 / /share rw - nfs4 server:/share rw\n");
  mkdirSync(join(machine.root, "share"));

  const first = collectOnce(machine.collector, tickAt(0));
  await until(() => machine.probe.childPid === null);
  const second = collectOnce(machine.collector, tickAt(5000));

  expect(first.written).toEqual([]);
  const labels = 'device="server:/share",device_error="",fstype="nfs4",mountpoint="/share"';
  expect(second.samples.get(`node_filesystem_device_error{${labels}}`)).toBe(0);
  expect(second.samples.get(`node_filesystem_size_bytes{${labels}}`)).toBeGreaterThan(0);
});

test("mounts whose names are no UTF-8, or hold a line feed, have their sizes", async () => {
  using machine = new Machine("2 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  const names = ["cave\xe9", "cave\xe8", "new\nline", "share\xe9"];
  for (const name of names) mkdirSync(Buffer.from(join(machine.root, name), "latin1"));
  const line = (id: number, name: string, type: string) => `${id} 2 0:${id} / /${name} rw - ${type} x rw\n`;
  const table = [
    line(3, "cave\xe9", "tmpfs"),
    line(4, "cave\xe8", "tmpfs"),
    line(5, "new\\012line", "nfs4"),
    line(6, "share\xe9", "nfs4"),
  ];
  machine.writeBytes(table.join(""));
  collectOnce(machine.collector, tickAt(0));
  await until(() => machine.probe.childPid === null);

  const { written } = collectOnce(machine.collector, tickAt(5000));

  const sized = written.filter(({ name, value }) => name === "node_filesystem_size_bytes" && value > 0);
  expect(sized.map(({ labels }) => /mountpoint="(.*)"$/.exec(labels)![1])).toEqual([
    "/cave\uFFFD",
    "/cave\uFFFD<E8>",
    String.raw`/new\nline`,
    "/share\uFFFD",
  ]);
});

test("a remote mount that cannot be read shows it", async () => {
  using machine = new Machine("1 1 0:50 / /share rw - nfs4 server:/share rw\n");
  collectOnce(machine.collector, tickAt(0));
  await until(() => machine.probe.childPid === null);

  const out = collectOnce(machine.collector, tickAt(5000));

  expect(out.written.map(({ name, value }) => [name, value])).toEqual([
    ["node_filesystem_device_error", 1],
    ["node_filesystem_readonly", 0],
  ]);
  expect(out.written[0]!.labels).toContain('device_error="no such file or directory"');
});

test("where the mounts of process 1 may not be read, the daemon's own serve", () => {
  using machine = new Machine("1 1 8:1 / / rw - ext4 /dev/sda1 rw\n", "self");

  expect(collectOnce(machine.collector, tickAt(0)).written).toHaveLength(8);
  expect(collectOnce(machine.collector, tickAt(5000)).written).toHaveLength(8);
});

test("says both reasons when neither can be read", () => {
  using machine = new Machine("1 1 8:1 / / rw - ext4 /dev/sda1", "1");

  expect(() => collectOnce(machine.collector, tickAt(0))).toThrow(
    /1\/mountinfo ends in the middle.*self\/mountinfo cannot be read: ENOENT/,
  );
});

test("an added or removed mount shows in the next reading", () => {
  using machine = new Machine("1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  collectOnce(machine.collector, tickAt(0));

  machine.folder.write("proc/1/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sdb1 rw\n");

  expect(collectOnce(machine.collector, tickAt(5000)).written[0]!.labels).toContain("/dev/sdb1");
});

class Machine {
  readonly folder = new ScratchFolder();
  readonly root = join(this.folder.path, "root");
  readonly probe = new MountProbe(MOUNT_PROBE_DEFAULTS);
  readonly #files = filesOfTest(join(this.folder.path, "proc"));
  readonly collector: FilesystemCollector;

  constructor(mountinfo: string, process = "1") {
    mkdirSync(this.root);
    this.folder.write(`proc/${process}/mountinfo`, mountinfo);
    const options = {
      rootfs: this.root,
      filesystemMountPointsInclude: /(?!)/,
      filesystemMountPointsExclude: NOTHING,
      filesystemTypesInclude: /(?!)/,
      filesystemTypesExclude: NOTHING,
    };
    this.collector = new FilesystemCollector(new MountTable(this.#files, options), this.probe);
  }

  writeBytes(mountinfo: string): void {
    writeFileSync(join(this.folder.path, "proc/1/mountinfo"), Buffer.from(mountinfo, "latin1"));
  }

  [Symbol.dispose](): void {
    endChild(this.probe);
    this.#files[Symbol.dispose]();
    this.folder[Symbol.dispose]();
  }
}
