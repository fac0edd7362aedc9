import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { escapeLabelValue, labelBlock, labelText } from "./label-text.ts";

/** Any characters, with problematic ones more often. */
const ANY = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\\"n\n\r\t\0\u001b\u007f\u0085\u009b\u2028\u2029\ufffd{},= 日ä'.split("")),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

describe("a label's text", () => {
  test.each([
    ["a tab", "a\tb"],
    ["a line feed", "a\nb"],
    ["other scripts and emoji", "sérvér-日本-😀"],
    ["backslashes and quotes", '\\"'],
  ])("keeps %s", (_, text) => {
    expect(labelText(text)).toBe(text);
  });

  test.each([
    ["a carriage return", "\r"],
    ["a zero", "\0"],
    ["an escape", "\u001b"],
    ["a vertical tab", "\u000b"],
    ["a delete", "\u007f"],
    ["the next line of C1", "\u0085"],
    ["the escape of C1", "\u009b"],
    ["a line separator", "\u2028"],
    ["a paragraph separator", "\u2029"],
    ["a half surrogate", "\ud800"],
  ])("has a replacement character for %s", (_, text) => {
    expect(labelText(`a${text}b`)).toBe("a\ufffdb");
  });
});

describe("an escaped value", () => {
  test("is written as both formats have it", () => {
    expect(escapeLabelValue('a\\b"c\nd')).toBe(String.raw`a\\b\"c\nd`);
  });

  test("is read back as the label's text, whatever the value", () => {
    fc.assert(
      fc.property(ANY, (value) => {
        const escaped = escapeLabelValue(value);

        expect(escaped).toMatch(/^(?:[^"\\\n]|\\["\\n])*$/u);
        expect(unescapeAsPrometheus(escaped)).toBe(labelText(value));
      }),
    );
  });

  test("never contains a line terminator of any parser", () => {
    fc.assert(
      fc.property(ANY, (value) =>
        expect(escapeLabelValue(value)).not.toMatch(/[\n\v\f\r\u001c-\u001e\u0085\u2028\u2029]/),
      ),
    );
  });
});

describe("a label block", () => {
  test("has names in alphabetical order", () => {
    expect(labelBlock({ name: "web", id: "1" })).toBe('id="1",name="web"');
  });

  test("is empty without labels", () => {
    expect(labelBlock({})).toBe("");
  });
});

/** The three escapes of the formats, parsed from left to right. */
function unescapeAsPrometheus(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, char: string) => (char === "n" ? "\n" : char));
}
