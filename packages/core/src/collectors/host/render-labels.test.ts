import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { renderLabels } from "./render-labels.ts";

test("orders names and escapes backslash, quote and line feed", () => {
  expect(renderLabels({ mountpoint: 'a\\b"c\nd', device: "sda" })).toBe('device="sda",mountpoint="a\\\\b\\"c\\nd"');
});

test("keeps a tab and letters of any script, replaces other control characters and broken surrogates", () => {
  expect(renderLabels({ a: "\tä\u{1F600}" })).toBe('a="\tä\u{1F600}"');
  expect(renderLabels({ a: "\r\0\x7F\u2028\uD800" })).toBe('a="\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"');
});

test("no value can end its quotes or its line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      expect(renderLabels({ a: value })).toMatch(/^a="(?:[^"\\\n]|\\["\\n])*"$/u);
    }),
  );
});
