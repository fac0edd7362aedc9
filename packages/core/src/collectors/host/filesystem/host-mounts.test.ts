import { expect, test } from "@jest/globals";
import { hostMounts } from "./host-mounts.ts";
import { parseMountinfo } from "../kernel-files/mountinfo.ts";

const table = (...lines: string[]) => parseMountinfo(`${lines.join("\n")}\n`);
const HOST = ["29 1 8:1 / / rw - ext4 /dev/sda1 rw", "30 29 8:17 / /data rw - xfs /dev/sdb1 rw"];
const CONTAINER = ["600 500 0:120 / / rw - overlay overlay rw"];

/** Mount point, path and whether it is read-only. */
function shown(tables: { first?: string[]; own?: string[] }, rootfs = "/"): (readonly [string, string, boolean])[] {
  const { first, own } = tables;
  const given = { first: first === undefined ? null : table(...first), own: own === undefined ? null : table(...own) };
  return hostMounts(given, rootfs).map(({ mountPoint, path, readOnly }) => [mountPoint, path, readOnly]);
}

test("the host's own table is served as it is, a read-only bind mount included", () => {
  const first = [...HOST, "31 29 8:1 /nix/store /nix/store ro - ext4 /dev/sda1 rw"];

  expect(shown({ first })).toEqual([
    ["/", "/", false],
    ["/data", "/data", false],
    ["/nix/store", "/nix/store", true],
  ]);
});

test("in a container whose view of the host is read-only, the filesystems say what is", () => {
  const first = [
    ...CONTAINER,
    "610 600 8:1 / /host ro,relatime master:1 - ext4 /dev/sda1 rw,errors=remount-ro",
    "611 610 8:17 / /host/data ro,relatime master:2 - xfs /dev/sdb1 rw",
    "612 610 8:33 / /host/image ro,relatime - ext4 /dev/sdc1 ro",
  ];

  const wanted = [
    ["/", "/host", false],
    ["/data", "/host/data", false],
    ["/image", "/host/image", true],
  ];
  expect(shown({ first }, "/host")).toEqual(wanted);
  expect(shown({ first, own: first }, "/host")).toEqual(wanted);
});

test("in a container whose view can be written to, the mounts say what is", () => {
  const first = [
    ...CONTAINER,
    "610 600 8:1 / /host rw - ext4 /dev/sda1 rw",
    "611 610 8:1 /nix/store /host/nix/store ro - ext4 /dev/sda1 rw",
  ];

  expect(shown({ first }, "/host")).toEqual([
    ["/", "/host", false],
    ["/nix/store", "/host/nix/store", true],
  ]);
});

test("a container's own mounts are not the host's", () => {
  const first = [
    "600 500 0:30 /containers/7 / rw - btrfs /dev/sda1 rw",
    "601 600 8:1 /hosts /etc/hosts rw - ext4 /dev/sda1 rw",
    "610 600 0:30 / /host ro - btrfs /dev/sda1 rw",
  ];

  expect(shown({ first }, "/host")).toEqual([["/", "/host", false]]);
});

test("in a container with process 1 of the host, the table is the host's", () => {
  const own = [
    ...CONTAINER,
    "610 600 8:1 / /mnt ro - ext4 /dev/sda1 rw",
    "611 610 8:17 / /mnt/data ro - xfs /dev/sdb1 rw",
    "613 610 8:1 /nix/store /mnt/nix/store ro - ext4 /dev/sda1 rw",
    "612 610 0:70 / /mnt/mnt ro - nfs4 nas:/a rw",
  ];
  const first = [
    ...HOST,
    "31 29 0:70 / /mnt rw - nfs4 nas:/a rw",
    "32 29 8:1 /nix/store /nix/store ro - ext4 /dev/sda1 rw",
  ];

  expect(shown({ first, own }, "/mnt")).toEqual([
    ["/", "/mnt", false],
    ["/data", "/mnt/data", false],
    ["/mnt", "/mnt/mnt", false],
    ["/nix/store", "/mnt/nix/store", true],
  ]);
});

test("with only a few of the host's places mounted, those are the host's", () => {
  const data = ["610 600 8:17 / /host/data rw - xfs /dev/sdb1 rw", "611 600 8:17 /own /data ro - xfs /dev/sdb1 rw"];

  expect(shown({ first: [...CONTAINER, ...data] }, "/host")).toEqual([
    ["/", "/host", false],
    ["/data", "/host/data", false],
  ]);
});

test("a folder whose name begins like the root's is not below it", () => {
  expect(shown({ first: [...HOST, "31 29 8:3 / /hosting rw - ext4 /dev/sdc rw"] }, "/host").at(-1)).toEqual([
    "/hosting",
    "/host/hosting",
    false,
  ]);
});

test("mounts hidden from a service with a private /tmp are omitted, in either order of mounting", () => {
  const first = [...HOST, "40 29 0:60 / /tmp/build rw - tmpfs x rw", "41 29 0:61 / /srv rw - tmpfs y rw"];
  const copied = ["129 101 8:1 / / ro - ext4 /dev/sda1 rw", "130 129 8:17 / /data ro - xfs /dev/sdb1 rw"];
  const build = "140 129 0:60 / /tmp/build rw - tmpfs x rw";
  const srv = "141 129 0:61 / /srv ro - tmpfs y rw";
  const privateTmp = "150 129 8:1 /tmp/systemd-private /tmp rw - ext4 /dev/sda1 rw";

  const wanted = [
    ["/", "/", false],
    ["/data", "/data", false],
    ["/srv", "/srv", false],
  ];
  expect(shown({ first, own: [...copied, build, srv, privateTmp] })).toEqual(wanted);
  expect(shown({ first, own: [...copied, privateTmp, srv] })).toEqual(wanted);
});

test("a mount point where a service has another filesystem is omitted: the sizes would be wrong", () => {
  const first = [...HOST, "40 29 8:33 / /home rw - ext4 /dev/sdc1 rw"];
  const own = [...HOST, "40 29 8:33 / /home rw - ext4 /dev/sdc1 rw", "41 40 0:60 / /home ro - tmpfs tmpfs rw"];

  expect(shown({ first, own }).map(([place]) => place)).toEqual(["/", "/data"]);
});

test("where only a service's own view can be read, a root that is read-only to it alone is not read-only", () => {
  const own = ["129 101 8:1 / / ro - ext4 /dev/sda1 rw", "130 129 8:17 / /data ro - xfs /dev/sdb1 ro"];

  expect(shown({ own })).toEqual([
    ["/", "/", false],
    ["/data", "/data", true],
  ]);
});

test("a mount on a deleted folder is omitted", () => {
  expect(
    shown({ first: [...HOST, "40 29 0:60 / /mnt/gone//deleted rw - tmpfs x rw"] }).map(([place]) => place),
  ).toEqual(["/", "/data"]);
});
