import { expect, test } from "@jest/globals";
import { defaultOptions } from "../../testing/default-options.ts";
import { knownMounts } from "./known-mount.ts";
import type { HostMount } from "./host-mounts.ts";

const OPTIONS = defaultOptions();

const mount = (mountPoint: string, fsType = "ext4"): HostMount => ({
  id: "30",
  parent: "1",
  root: "/",
  path: mountPoint,
  major: "8",
  minor: "1",
  mountPoint,
  fsType,
  source: "/dev/sda1",
  readOnly: false,
  superReadOnly: false,
});

test("excludes kernel filesystems and container layers by default", () => {
  const mounts = [
    mount("/"),
    mount("/sys/kernel/debug"),
    mount("/run", "tmpfs"),
    mount("/anywhere", "overlay"),
    mount("/var/lib/docker/x"),
    mount("/devices"),
  ];

  expect(knownMounts(mounts, OPTIONS).map(({ path }) => path)).toEqual(["/", "/run", "/devices"]);
});

test("two mount points whose names are not UTF-8 have distinct labels and bytes", () => {
  const known = knownMounts([mount("/mnt/cave\xe9"), mount("/mnt/cave\xe8")], OPTIONS);

  expect(known.map(({ mountInfoLabels }) => mountInfoLabels)).toEqual([
    'device="/dev/sda1",major="8",minor="1",mountpoint="/mnt/cave\uFFFD"',
    'device="/dev/sda1",major="8",minor="1",mountpoint="/mnt/cave\uFFFD<E8>"',
  ]);
  expect(known.map(({ pathBytes }) => pathBytes.at(-1))).toEqual([0xe9, 0xe8]);
});

test("patterns and labels see text, also of sources and types", () => {
  const odd = { ...mount("/mnt/caf\xc3\xa9", "fuse.\xff"), source: "nas:/\xe9" };

  const [known] = knownMounts([odd], OPTIONS);
  const left = knownMounts([odd], {
    ...OPTIONS,
    filesystemMountPointsInclude: /(?!)/,
    filesystemMountPointsExclude: /café/,
  });

  expect(known!.labels).toBe('device="nas:/\uFFFD",device_error="",fstype="fuse.\uFFFD",mountpoint="/mnt/café"');
  expect(known!.labelsWithError("permission denied")).toContain('device_error="permission denied"');
  expect(left).toEqual([]);
});

test("servers' and other processes' filesystems are remote, memory and what is read-only does not fill", () => {
  const types = ["ext4", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuseblk", "ceph", "9p", "tmpfs"];

  const mounts = knownMounts(
    types.map((type) => mount(`/${type}`, type)),
    OPTIONS,
  );

  expect(mounts.filter(({ remote }) => !remote).map(({ path }) => path)).toEqual(["/ext4", "/tmpfs"]);
  expect(mounts.filter(({ fills }) => !fills).map(({ path }) => path)).toEqual(["/tmpfs"]);
  const full = [{ ...mount("/image"), readOnly: true }, mount("/snap", "fuse.squashfuse"), mount("/cvmfs", "cvmfs2")];
  expect(knownMounts(full, OPTIONS).map(({ fills }) => fills)).toEqual([false, false, false]);
});
