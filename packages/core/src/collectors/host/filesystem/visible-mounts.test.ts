import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FIXTURES } from "../testing/collect-once.ts";
import { parseMountinfo } from "../kernel-files/mountinfo.ts";
import { visibleMounts } from "./visible-mounts.ts";

/** Id, parent and mount point of each mount. */
function visibleIds(...mounts: (readonly [number, number, string])[]): string[] {
  const lines = mounts.map(([id, parent, place]) => `${id} ${parent} 0:${id} / ${place} rw - tmpfs tmpfs rw\n`);
  return [...visibleMounts(parseMountinfo(lines.join(""))).values()].map(({ id }) => id);
}

test("a mount over another hides it, whatever their ids and their order in the table", () => {
  expect(visibleIds([29, 1, "/"], [74, 29, "/over"], [75, 74, "/over"])).toEqual(["29", "75"]);
  expect(visibleIds([75, 74, "/over"], [74, 29, "/over"], [29, 1, "/"])).toEqual(["75", "29"]);
  expect(visibleIds([29, 1, "/"], [75, 29, "/over"], [30, 75, "/over"], [31, 30, "/over"])).toEqual(["29", "31"]);
});

test("mounts below a hidden mount are hidden, too", () => {
  expect(visibleIds([29, 1, "/"], [64, 29, "/m"], [65, 64, "/m/sub"], [66, 64, "/m"])).toEqual(["29", "66"]);
});

test("what was mounted below a folder before another came over that folder is hidden", () => {
  expect(visibleIds([29, 1, "/"], [40, 29, "/tmp/build"], [41, 29, "/tmp"])).toEqual(["29", "41"]);
  expect(visibleIds([29, 1, "/"], [40, 29, "/a"], [41, 40, "/a/b/c/d"], [42, 40, "/a/b"])).toEqual(["29", "40", "42"]);
});

test("the same place below the mount that came over it is visible", () => {
  expect(visibleIds([29, 1, "/"], [40, 29, "/tmp/build"], [41, 29, "/tmp"], [42, 41, "/tmp/build"])).toEqual([
    "29",
    "41",
    "42",
  ]);
});

test("a folder whose name only begins like another hides nothing", () => {
  expect(visibleIds([29, 1, "/"], [40, 29, "/data"], [41, 29, "/database"], [42, 29, "/data-2"])).toEqual([
    "29",
    "40",
    "41",
    "42",
  ]);
});

test("a mount over the root is not what a path finds", () => {
  expect(visibleIds([43, 42, "/"], [63, 43, "/"], [64, 63, "/below"], [65, 43, "/run"])).toEqual(["43", "65"]);
});

test("without the root's own mount, as in a confined folder, the others are visible", () => {
  expect(visibleIds([50, 29, "/proc"], [51, 29, "/data"], [52, 51, "/data"])).toEqual(["50", "52"]);
});

test("every mount of the recorded machine is visible, but for those at one place", () => {
  const mounts = parseMountinfo(readFileSync(join(FIXTURES, "proc/1/mountinfo"), "latin1"));

  expect(visibleMounts(mounts).size).toBe(new Set(mounts.map(({ mountPoint }) => mountPoint)).size);
});

test("any table gives each mount point at most once, and terminates", () => {
  const place = fc.constantFrom("/", "/a", "/a/b", "/a/b/c", "/d");
  const mount = fc.tuple(fc.nat(6), fc.nat(6), place);

  fc.assert(
    fc.property(fc.array(mount, { minLength: 1, maxLength: 12 }), (table) => {
      const places = visibleIds(...table);
      expect(places.length).toBeLessThanOrEqual(5);
    }),
  );
});
