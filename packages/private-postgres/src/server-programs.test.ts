import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseMajor } from "./server-programs.ts";

test.each([
  ["postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15],
  ["postgres (PostgreSQL) 18.4\n", 18],
  ["postgres (PostgreSQL) 19beta1\n", 19],
  ["postgres (PostgreSQL) 9.6.24\n", null],
  ["initdb (PostgreSQL) 15.18\n", null],
  ["", null],
])("the version line %j is major version %j", (line, major) => {
  expect(parseMajor(line)).toBe(major);
});

test("any text is parsed without an error", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const major = parseMajor(text);
      return major === null || Number.isInteger(major);
    }),
  );
});
