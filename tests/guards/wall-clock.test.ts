import { expect, test } from "@jest/globals";
import { packageSources } from "../support/source-tree.ts";
import { wallClockReads } from "./wall-clock.ts";

test("only the system clock reads the wall clock", () => {
  expect(wallClockReads(packageSources())).toEqual([]);
});

test.each(["const now = new Date();", "const now = new Date( );", "const now = new Date;"])(
  "the guard fires on %j",
  (text) => {
    expect(wallClockReads([{ path: "packages/core/src/api/example.ts", text }])).toEqual([
      "packages/core/src/api/example.ts:1",
    ]);
  },
);

test.each([
  ["packages/core/src/api/example.ts", "const then = new Date(ms);"],
  ["packages/core/src/api/example.ts", " * Not new Date(): see Clock."],
  ["packages/core/src/platform/system-clock.ts", "const now = new Date();"],
])("the guard is silent on %s: %s", (path, text) => {
  expect(wallClockReads([{ path, text }])).toEqual([]);
});
