import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatBytes } from "./bytes.ts";

describe("formatBytes", () => {
  test.each([
    [0, "0 B"],
    [1000, "0.977 KiB"],
    [1024, "1 KiB"],
    [1024 ** 2 * 1.5, "1.5 MiB"],
    [2 ** 70, "1020 EiB"],
  ])("%d reads %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test("is short and without an exponent up to an exbibyte", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(29), (value, shift) => {
        expect(formatBytes(value * 2 ** shift)).toMatch(/^[\d.]{1,5} [KMGTPE]?i?B$/);
      }),
    );
  });
});
