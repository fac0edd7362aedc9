import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { parseStatLine, readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";

test("reads the sizes of a local filesystem as the program stat does", () => {
  const line = execFileSync("stat", ["-f", "-c", "%S %b %f %a %c %d %n", "--", "/proc"], {
    encoding: "utf8",
  }).trimEnd();

  expect(parseStatLine(line)).toEqual({ path: "/proc", sizes: readFilesystemSizes("/proc") });
});

test("says in words why a place has no sizes", () => {
  expect(readFilesystemSizes("/nowhere/at/all")).toBe("no such file or directory");
});

test("reads a line whose path has blanks", () => {
  expect(parseStatLine("4096 100 50 25 10 5 /mnt/a b")).toEqual({
    path: "/mnt/a b",
    sizes: { sizeBytes: 409_600, freeBytes: 204_800, availBytes: 102_400, files: 10, filesFree: 5 },
  });
});

test.each(["", "4096 100 50 25 10 /mnt", "? 1 1 1 1 1 /mnt", "1 1 1 1 1 1 relative", "stat: cannot read"])(
  "%p is no answer",
  (line) => {
    expect(parseStatLine(line)).toBeNull();
  },
);

test("any line gives finite sizes or none", () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      const sizes = Object.values(parseStatLine(line)?.sizes ?? {});

      expect(sizes.every((size) => Number.isFinite(size))).toBe(true);
    }),
  );
});

test("the used share leaves out what only root may fill, as df does", () => {
  const sizes = { sizeBytes: 100, freeBytes: 25, availBytes: 20, files: 0, filesFree: 0 };

  expect(usedPercent(sizes)).toBeCloseTo((100 * 75) / 95, 10);
  expect(usedPercent({ ...sizes, sizeBytes: 0, freeBytes: 0, availBytes: 0 })).toBeNull();
  expect(usedPercent({ ...sizes, freeBytes: 0, availBytes: 0 })).toBe(100);
});
