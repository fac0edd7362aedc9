import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { splitEntries } from "./entry-texts.ts";
import type { EntryText } from "./entry-texts.ts";

test("items at the top, or under a key, with the lines on which they begin", () => {
  expect(splitEntries("# fleet\n- name: a\n  ip: 10.0.0.1\n\n# b is new\n- {name: b}\n")).toEqual([
    { text: "- name: a\n  ip: 10.0.0.1", line: 2 },
    { text: "- {name: b}", line: 6 },
  ]);
  expect(splitEntries("---\ninstances:\n  - name: a\n    labels:\n      - no\n  - name: b\r\n    ip: x\r\n")).toEqual([
    { text: "  - name: a\n    labels:\n      - no", line: 3 },
    { text: "  - name: b\n    ip: x", line: 6 },
  ]);
});

test.each(["", "\n", "# nothing\n", "[]\n", "instances:\n", "instances: []\n"])("%j has no items", (text) => {
  expect(splitEntries(text)).toEqual([]);
});

test.each([
  ["name: a\n", 1],
  ["fleet:\n  - name: a\n", 1],
  ["- name: a\nb: 1\n", 2],
  ["  - name: a\n- name: b\n", 2],
  ['[{"name": "a"}]\n', 1],
])("%j is not such a list, from line %i on", (text, line) => {
  expect(splitEntries(text)).toMatchObject({ line, wanted: expect.stringContaining("a list of instances") });
});

test("items joined again are those that were split, whatever stands between them", () => {
  const item = fc.constantFrom("- name: a\n  ip: 10.0.0.1", "- {name: b}", "- |\n  text\n  - more");
  const between = fc.constantFrom("\n", "\n\n", "\n# a comment\n", "\n  # indented\n\n");
  fc.assert(
    fc.property(fc.array(fc.tuple(item, between), { minLength: 1, maxLength: 20 }), (parts) => {
      const split = splitEntries(parts.flat().join("") + "\n");
      expect((split as EntryText[]).map(({ text }) => text)).toEqual(parts.map(([text]) => text));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void splitEntries(text)));
});
