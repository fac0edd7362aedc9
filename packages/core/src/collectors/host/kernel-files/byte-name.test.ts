import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { byteNameOf, bytesOf, textOf } from "./byte-name.ts";

test("text is UTF-8, and invalid bytes become one U+FFFD per run", () => {
  expect(["sda", "caf\xc3\xa9", "cave\xe9", "a\xff\xfeb\xe9"].map(textOf)).toEqual([
    "sda",
    "café",
    "cave\uFFFD",
    "a\uFFFDb\uFFFD",
  ]);
});

test("replacement characters of the name itself stay as they are", () => {
  expect(textOf("a\xef\xbf\xbd\xef\xbf\xbd\xff\xffb")).toBe("a\uFFFD\uFFFD\uFFFDb");
});

test("any text and any bytes survive a round trip", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array(), (text, bytes) => {
      expect(textOf(byteNameOf(text))).toBe(text);
      expect([...bytesOf(Buffer.from(bytes).toString("latin1"))]).toEqual([...bytes]);
    }),
  );
});
