import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { isCloudMonitorError } from "../../model/errors.ts";
import { labelBlock } from "../../model/label-text.ts";
import { parseExpositionText } from "./parse-exposition-text.ts";
import type { TextFamily } from "./parse-exposition-text.ts";

describe("a valid text", () => {
  test("gives families with type, help, labels, values and timestamps", () => {
    const text =
      "# A comment.\n# HELP requests_total Requests\\\\s,\\nall of them.\n# TYPE requests_total counter\n" +
      'requests_total { method = "get" , path="/a\\"b\\\\c\\nd}", } 3e2 1441205977284\n\n' +
      "requests_total -Inf\r\nload 0x\n".replace("0x", ".5");

    expect(plain(parseExpositionText(text))).toEqual([
      {
        name: "requests_total",
        type: "counter",
        help: "Requests\\s,\nall of them.",
        series: [
          ["requests_total", { method: "get", path: '/a"b\\c\nd}' }, 300, 1_441_205_977_284],
          ["requests_total", {}, Number.NEGATIVE_INFINITY, null],
        ],
      },
      { name: "load", type: "untyped", help: "", series: [["load", {}, 0.5, null]] },
    ]);
  });

  test("keeps the parts of a histogram or summary together, and only those", () => {
    const text =
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 2\nh_count 1\n' +
      '# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum 2\ns_bucket 4\n# TYPE g gauge\ng_sum 5\n';

    expect(plain(parseExpositionText(text)).map(({ name, series }) => [name, series.map(([full]) => full)])).toEqual([
      ["h", ["h_bucket", "h_sum", "h_count"]],
      ["s", ["s", "s_sum"]],
      ["s_bucket", ["s_bucket"]],
      ["g_sum", ["g_sum"]],
    ]);
  });

  test("may be empty", () => {
    expect(parseExpositionText("")).toEqual([]);
  });

  test("is read back as it was written, whatever the labels and values", () => {
    const label = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.replace(/[\p{C}\p{Z}]/gu, " "));
    const series = fc.record({
      labels: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,4}$/), label, { noNullPrototype: true }),
      value: fc.double().map((value) => value + 0),
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1 }), (all) => {
        const lines = all.map(({ labels, value }) =>
          `m{${labelBlock(labels)}} ${String(value)}\n`.replace("Infinity", "Inf"),
        );

        const [family] = plain(parseExpositionText(lines.join("")));

        expect(family!.series).toEqual(all.map(({ labels, value }) => ["m", labels, value, null]));
      }),
    );
  });
});

describe("an invalid text", () => {
  test.each([
    ["m 1", "line 1 ends without a line feed"],
    ["m 1\nn 2", "line 2 ends without a line feed"],
    ["m\n", "line 1 is not a series"],
    ["m one\n", "line 1 has no valid number"],
    ["m 1_000\n", "line 1 has no valid number"],
    ["m 0x10\n", "line 1 has no valid number"],
    ["m 1 2 3\n", "line 1 is not a series"],
    ["m 1 1.5\n", "line 1 is not a series"],
    ['m{a="b} 1\n', "line 1 has invalid labels"],
    ["m{a=b} 1\n", "line 1 has invalid labels"],
    ['m{a="\\x"} 1\n', "line 1 has invalid labels"],
    ['m{a="1",a="2"} 1\n', "line 1 has the label `a` twice"],
    ['m{__name__="n"} 1\n', "line 1 has the label `__name__`"],
    ["# TYPE m counter\n# TYPE m gauge\n", "line 2 is the second TYPE of m"],
    ["# HELP m a\n# HELP m a\n", "line 2 is the second HELP of m"],
    ["m 1\n# TYPE m gauge\n", "line 2 is the TYPE of m after its series"],
    ["# TYPE m number\n", "line 1 has an unknown type; wanted one of counter"],
    ["# TYPE m histogram\nm 1\n", "line 2 is a series of the histogram m without a suffix"],
    ["1m 1\n", "line 1 is not a series"],
  ])("%j is refused, with the line", (text, message) => {
    expect(() => parseExpositionText(text)).toThrow(message);
  });

  test("of any kind is refused with COLLECT_FAILED, and no other error", () => {
    const piece = fc.constantFrom(
      "# HELP ",
      "# TYPE ",
      "m",
      "{",
      "}",
      'a="',
      '"',
      ",",
      " 1",
      "\n",
      "\\",
      "counter",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => all.join("")),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          try {
            parseExpositionText(text);
          } catch (error) {
            expect(isCloudMonitorError(error) && error.code).toBe("COLLECT_FAILED");
          }
        },
      ),
    );
  });

  test("of many characters takes no more than linear time", () => {
    const long = "a".repeat(200_000);

    expect(() => parseExpositionText(`m{${long} 1\n`)).toThrow("line 1");
    expect(() => parseExpositionText(`m{a="${"\\\\".repeat(100_000)} 1\n`)).toThrow("line 1");
    expect(() => parseExpositionText(`${" ".repeat(200_000)}!\n`)).toThrow("line 1");
  });
});

type PlainFamily = Omit<TextFamily, "series"> & {
  readonly series: readonly (readonly [name: string, labels: object, value: number, timestamp: number | null])[];
};

function plain(families: readonly TextFamily[]): PlainFamily[] {
  return families.map(({ name, type, help, series }) => ({
    name,
    type,
    help,
    series: series.map((one) => [one.name, Object.fromEntries(one.labels), one.value, one.timestamp] as const),
  }));
}
