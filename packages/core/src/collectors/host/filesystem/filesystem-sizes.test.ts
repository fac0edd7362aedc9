import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { ScratchFolder } from "../testing/collect-once.ts";
import { parseStatOutput, readFilesystemSizes, usedPercent } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";

test("reads the sizes of a local filesystem as the program stat does", () => {
  const text = execFileSync("stat", ["-f", "-c", "%S %b %f %a %c %d", "--", "/proc"], { encoding: "utf8" }).trimEnd();

  expect(parseStatOutput(text)).toEqual(readFilesystemSizes(Buffer.from("/proc")));
});

test("has a message if there are no sizes", () => {
  expect(readFilesystemSizes(Buffer.from("/nowhere/at/all"))).toBe("no such file or directory");
});

test("a place is its bytes, not what text they make", () => {
  using folder = new ScratchFolder();
  const place = Buffer.concat([Buffer.from(`${folder.path}/cave`), Buffer.from([0xe9])]);
  mkdirSync(place);

  // Other programs change the free space meanwhile.
  const { sizeBytes, files } = readFilesystemSizes(Buffer.from(folder.path)) as FilesystemSizes;
  expect(readFilesystemSizes(place)).toMatchObject({ sizeBytes, files });
});

test("blocks are counted in their own size", () => {
  expect(parseStatOutput("4096 100 50 25 10 5")).toEqual({
    sizeBytes: 409_600,
    freeBytes: 204_800,
    availBytes: 102_400,
    files: 10,
    filesFree: 5,
  });
});

test.each(["", "4096 100 50 25 10", "? 1 1 1 1 1", "1 1 1 1 1 1 /mnt", "stat: cannot read"])(
  "%p is no answer",
  (text) => {
    expect(parseStatOutput(text)).toBeNull();
  },
);

test("any text gives finite sizes or none", () => {
  const digits = fc.stringMatching(/^[0-9]{1,22}( [0-9]{1,22}){5}$/);

  fc.assert(
    fc.property(fc.oneof(fc.string(), digits), (text) => {
      const sizes = Object.values(parseStatOutput(text) ?? {});

      expect(sizes.every((size) => Number.isFinite(size))).toBe(true);
    }),
  );
});

test("the used share excludes the space reserved for root, as in df", () => {
  const sizes = { sizeBytes: 100, freeBytes: 25, availBytes: 20, files: 0, filesFree: 0 };

  expect(usedPercent(sizes)).toBeCloseTo((100 * 75) / 95, 10);
  expect(usedPercent({ ...sizes, sizeBytes: 0, freeBytes: 0, availBytes: 0 })).toBeNull();
  expect(usedPercent({ ...sizes, freeBytes: 0, availBytes: 0 })).toBe(100);
});
