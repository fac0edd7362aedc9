import { expect, test } from "@jest/globals";
import { FILESYSTEM_MOUNT_POINTS_EXCLUDE, FILESYSTEM_TYPES_EXCLUDE } from "../../config/host-defaults.ts";
import { knownMounts } from "./known-mount.ts";
import type { Mount } from "./mountinfo.ts";

const OPTIONS = {
  rootfs: "/",
  mountPointsExclude: new RegExp(FILESYSTEM_MOUNT_POINTS_EXCLUDE),
  typesExclude: new RegExp(FILESYSTEM_TYPES_EXCLUDE),
};

const mount = (mountPoint: string, fsType = "ext4"): Mount => ({
  major: "8",
  minor: "1",
  mountPoint,
  fsType,
  source: "/dev/sda1",
  readOnly: false,
});

test("leaves out kernel filesystems and containers' layers by default", () => {
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

test("a place that was mounted over with the same labels is served once", () => {
  const mounts = knownMounts([mount("/data"), { ...mount("/data"), minor: "2" }], OPTIONS);

  expect(mounts.map(({ mountInfoLabels }) => mountInfoLabels)).toEqual([
    'device="/dev/sda1",major="8",minor="1",mountpoint="/data"',
  ]);
});

test.each([
  ["/host", "/", "/host"],
  ["/host", "/data", "/host/data"],
  ["/host", "/host/data", "/host/data"],
  ["/host", "/hosting", "/host/hosting"],
])("with the host's root at %s the mount %s is found at %s", (rootfs, mountPoint, path) => {
  expect(knownMounts([mount(mountPoint)], { ...OPTIONS, rootfs })[0]!.path).toBe(path);
});

test("the label of a mount under another root is as the host sees it", () => {
  const [known] = knownMounts([mount("/host/data")], { ...OPTIONS, rootfs: "/host" });

  expect(known!.labels).toBe('device="/dev/sda1",device_error="",fstype="ext4",mountpoint="/data"');
  expect(known!.labelsWithError("permission denied")).toContain('device_error="permission denied"');
});

test("servers' and other processes' filesystems are remote, memory is not real", () => {
  const types = ["ext4", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuseblk", "ceph", "9p", "tmpfs"];

  const mounts = knownMounts(
    types.map((type) => mount(`/${type}`, type)),
    OPTIONS,
  );

  expect(mounts.filter(({ remote }) => !remote).map(({ path }) => path)).toEqual(["/ext4", "/tmpfs"]);
  expect(mounts.filter(({ real }) => !real).map(({ path }) => path)).toEqual(["/tmpfs"]);
});
