import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { parseMountinfo } from "./mountinfo.ts";
import { FIXTURES, damaged, valuesOrRefusal } from "../testing/collect-once.ts";

test("reads number, place, type and source, with any number of optional fields", () => {
  const [first, second] = parseMountinfo(
    "29 1 259:2 / / rw,relatime - ext4 /dev/dm-2 errors=remount-ro\n3 2 0:81 /x /mnt rw shared:1 master:2 - nfs4 server:/x ro\n",
  );

  expect(first).toEqual({
    id: "29",
    parent: "1",
    major: "259",
    minor: "2",
    root: "/",
    mountPoint: "/",
    fsType: "ext4",
    source: "/dev/dm-2",
    readOnly: false,
    superReadOnly: false,
  });
  expect(second).toMatchObject({
    id: "3",
    parent: "2",
    major: "0",
    minor: "81",
    root: "/x",
    mountPoint: "/mnt",
    fsType: "nfs4",
  });
});

test("distinguishes a read-only mount from a read-only filesystem", () => {
  const mounts = parseMountinfo(
    "2 1 8:1 / /a ro,relatime - ext4 a rw,errors=remount-ro\n3 1 8:2 / /b rw - ext4 b ro\n",
  );

  expect(mounts.map(({ readOnly, superReadOnly }) => [readOnly, superReadOnly])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test("undoes the kernel's escapes: blank, tab, line feed, backslash, hash", () => {
  const [mount] = parseMountinfo(String.raw`1 1 8:0 / /a\040b\011c\012d\134e\043 rw - ext4 /dev/x\040y rw` + "\n");

  expect([mount!.mountPoint, mount!.source]).toEqual(["/a b\tc\nd\\e#", "/dev/x y"]);
});

test("a source without a name is empty, not the next field", () => {
  const [mount] = parseMountinfo("1 1 0:5 / /mnt rw - tmpfs  rw,size=4k\n");

  expect([mount!.source, mount!.readOnly]).toEqual(["", false]);
});

test("finds every mount of the recorded machine", () => {
  const text = readFileSync(join(FIXTURES, "proc/1/mountinfo"), "utf8");

  expect(parseMountinfo(text)).toHaveLength(text.split("\n").length - 1);
});

test.each(["", "\n", "1 1 8:0 / / rw\n", "1 1 x / / rw - ext4 a rw\n", "1 1 8:0 / relative rw - ext4 a rw\n"])(
  "%p has no mount",
  (text) => {
    expect(() => parseMountinfo(text)).toThrow("mountinfo has no line");
  },
);

test("any text gives mounts with a mount point and a type, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/1/mountinfo"), (text) => {
      for (const mount of valuesOrRefusal(() => parseMountinfo(text)) ?? []) {
        expect(mount.mountPoint.startsWith("/")).toBe(true);
        expect(mount.fsType).not.toBe("");
      }
    }),
  );
});
