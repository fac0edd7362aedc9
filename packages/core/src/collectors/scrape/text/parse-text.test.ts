import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CollectFailure } from "../../../model/failure.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { ScrapeFormat } from "./parsed-text.ts";
import { RememberedText } from "./remembered-text.ts";
import { parseText, parseTextInSlices } from "./parse-text.ts";

function parse(text: string, format: ScrapeFormat = "text") {
  const { families, names, labels, values } = parseText(Buffer.from(text), format);
  return { families, series: names.map((name, index) => [name, labels[index], values[index]]) };
}

describe("the text format", () => {
  test("is read with comments, escapes, blanks, timestamps and without a last line feed", () => {
    const text =
      "# A comment.\n# HELP requests_total Requests\\\\s,\\nall of them.\n# TYPE requests_total counter\n" +
      'requests_total { method = "get" , path="/a\\"b\\\\c\\nd" , } 3e2 1441205977284\n\n\t\n' +
      'requests_total{} -Inf\nload\t.5\nlabelled{a="é\u{1f600}"}1.\n# TYPE\tload gauge\nlast NaN 5';

    expect(parse(text)).toEqual({
      families: [
        { name: "requests_total", type: "counter", help: "Requests\\s,\nall of them." },
        { name: "load", type: "gauge", help: "" },
      ],
      series: [
        ["requests_total", 'method="get",path="/a\\"b\\\\c\\nd"', 300],
        ["requests_total", "", Number.NEGATIVE_INFINITY],
        ["load", "", 0.5],
        ["labelled", 'a="é\u{1f600}"', 1],
        ["last", "", Number.NaN],
      ],
    });
  });

  test("may have quoted names, which are not limited to letters", () => {
    const text = '# TYPE "http.requests" counter\n{"http.requests","a.b"="1",z="2"} 3\nplain{"b"="2",a="1"} 4\n';

    expect(parse(text)).toEqual({
      families: [{ name: "http.requests", type: "counter", help: "" }],
      series: [
        ["http.requests", '"a.b"="1",z="2"', 3],
        ["plain", 'a="1",b="2"', 4],
      ],
    });
  });

  test("keeps an escape that the format does not have, and replaces control characters", () => {
    expect(parse('m{a="\\x"} 1\nm{a="\u0001"} 2\n').series).toEqual([
      ["m", String.raw`a="\\x"`, 1],
      ["m", 'a="\ufffd"', 2],
    ]);
  });

  test.each([
    ["m\n", "line 1 has no valid number"],
    ["m 1\nn one\n", "line 2 has no valid number"],
    ["m 1_000\n", "line 1 has no valid number"],
    ["m 0x10\n", "line 1 has no valid number"],
    ["m +NaN\n", "line 1 has no valid number"],
    ["m 1e400\n", "line 1 has no valid number"],
    ["m 1e\n", "line 1 has no valid number"],
    ["m .\n", "line 1 has no valid number"],
    ["m 1\r\n", "line 1 has no valid number"],
    ["m 1 2 3\n", "line 1 has something after its number"],
    ["m 1 1.5\n", "line 1 has something after its number"],
    ['m{a="b} 1\n', "line 1 has invalid labels"],
    ["m{a=b} 1\n", "line 1 has invalid labels"],
    ['m{,a="b"} 1\n', "line 1 has invalid labels"],
    ['m{a="b",,c="d"} 1\n', "line 1 has invalid labels"],
    ['m{1a="b"} 1\n', "line 1 has invalid labels"],
    ['m{a="b"\n} 1\n', "line 1 has invalid labels"],
    ['m{a="1",a="2"} 1\n', "line 1 has a label twice"],
    ['m{"n"} 1\n', "line 1 has two metric names"],
    ['{a="1"} 1\n', "line 1 has no metric name"],
    ["# TYPE m number\n", "line 1 has an unknown type; wanted one of counter"],
    ["# TYPE 1m counter\n", "line 1 has no valid name after TYPE"],
    ["<html>\n", "line 1 has no metric name"],
  ])("%j is refused, with its line", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test("of bytes that are not UTF-8 is refused", () => {
    expect(() => parseText(Buffer.from([0x6d, 0x20, 0x31, 0x0a, 0xff]), "text")).toThrow("not UTF-8");
  });

  test("of more than 200,000 samples is refused", () => {
    expect(() => parse("m 1\n".repeat(200_001))).toThrow("more than 200000 samples");
    expect(parse("m 1\n".repeat(200_000)).series).toHaveLength(200_000);
  });
});

describe("OpenMetrics", () => {
  test("is read with units, exemplars and fractions of seconds", () => {
    const text =
      '# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds A \\"b\\".\n' +
      'a_seconds_total{c="d"} 1.5 1520879607.789 # {trace_id="x"} 0.67 1.5\na_seconds_created 2\n' +
      '# TYPE s stateset\ns{s="on"} 1\n# EOF\n';

    expect(parse(text, "openmetrics")).toEqual({
      families: [
        { name: "a_seconds", type: "counter", help: 'A "b".' },
        { name: "s", type: "untyped", help: "" },
      ],
      series: [
        ["a_seconds_total", 'c="d"', 1.5],
        ["a_seconds_created", "", 2],
        ["s", 's="on"', 1],
      ],
    });
  });

  test.each([
    ["a 1\n", "without `# EOF`"],
    ["# EOF\na 1\n", "line 2 follows `# EOF`"],
    ["a 1\n\n# EOF\n", "line 2 is empty"],
    ["a  1\n# EOF\n", "line 1 has no valid number"],
    ["# a comment\n# EOF\n", "line 1 is not a valid comment"],
    ["a 1 # {b=c} 1\n# EOF\n", "line 1 has something after its number"],
  ])("%j is refused", (text, message) => {
    expect(() => parse(text, "openmetrics")).toThrow(message);
  });
});

test("numbers are those that Number reads, bit by bit", () => {
  const written = fc.oneof(
    fc.double().map((value) => [Number(String(value)), String(value).replace("Infinity", "Inf")] as const),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => [Number(value.toExponential()), value.toExponential()] as const),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => {
      const text = value.toFixed(6);
      return [Number(text), text] as const;
    }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((value) => [Number(value), String(value)] as const),
  );
  fc.assert(
    fc.property(written, ([value, text]) => {
      expect(parse(`m ${text}\n`).series).toEqual([["m", "", value]]);
    }),
    { numRuns: 2_000 },
  );
});

const label = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.replace(/[\p{C}\p{Z}]/gu, " "));
const series = fc.record({
  name: fc.stringMatching(/^[a-c:_][a-c0-9:_]{0,3}$/),
  labels: fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,4}$/), label, { noNullPrototype: true }),
  value: fc.double().map((value) => value + 0),
});
const lineOf = ({ name, labels, value }: { name: string; labels: Record<string, string>; value: number }) =>
  `${name}{${labelBlock(labels)}} ${String(value).replace("Infinity", "Inf")}\n`;

test("what is written is what is read, also when only the numbers are parsed", () => {
  fc.assert(
    fc.property(fc.array(series, { minLength: 1 }), fc.infiniteStream(fc.double()), (all, later) => {
      const first = parseText(Buffer.from(all.map(lineOf).join("")), "text");
      const changed = all.map((one) => ({ ...one, value: later.next().value! + 0 }));
      const values = new Float64Array(all.length);

      expect(first.names).toEqual(all.map(({ name }) => name));
      expect(first.labels).toEqual(all.map(({ labels }) => labelBlock(labels)));
      expect([...first.values]).toEqual(all.map(({ value }) => value));
      expect(new RememberedText(first).read(Buffer.from(changed.map(lineOf).join("")), values)).toBe(true);
      expect([...values]).toEqual(changed.map(({ value }) => value));
    }),
  );
});

test("a body that differs in anything but numbers is never taken for the remembered one", () => {
  const text = '# HELP m A.\nm{a="1"} 10\nm{a="2"} 20\n# TYPE n gauge\nn 3\n';
  const remembered = new RememberedText(parseText(Buffer.from(text), "text"));
  const edit = fc.record({ at: fc.nat(text.length), remove: fc.nat(3), insert: fc.string({ maxLength: 3 }) });
  const values = new Float64Array(3);
  const outcome = (body: string) => {
    try {
      return parseText(Buffer.from(body), "text");
    } catch {
      return null;
    }
  };
  fc.assert(
    fc.property(edit, ({ at, remove, insert }) => {
      const body = text.slice(0, at) + insert + text.slice(at + remove);
      if (!remembered.read(Buffer.from(body), values)) return;
      const parsed = outcome(body);

      expect(parsed?.names).toEqual(["m", "m", "n"]);
      expect(parsed?.labels).toEqual(['a="1"', 'a="2"', ""]);
      expect(parsed?.values).toEqual(values);
    }),
    { numRuns: 2_000 },
  );
  expect(remembered.read(Buffer.from(text), values)).toBe(true);
});

test("any text is read or refused, never anything else", () => {
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
    "=",
  );
  const text = fc.oneof(
    fc.array(piece).map((all) => all.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom<ScrapeFormat>("text", "openmetrics"), (given, format) => {
      try {
        parse(given, format);
      } catch (error) {
        expect(error).toBeInstanceOf(CollectFailure);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("long lines are read in a time that grows with their length", () => {
  const long = "a".repeat(200_000);

  expect(() => parse(`m{${long} 1\n`)).toThrow("line 1");
  expect(() => parse(`m{a="${"\\\\".repeat(100_000)} 1\n`)).toThrow("line 1");
  expect(() => parse(`m{${'a="1" ,'.repeat(30_000)}! 1\n`)).toThrow("line 1");
  expect(() => parse(`m 1 # {${'a="1",'.repeat(30_000)}! 1\n`, "openmetrics")).toThrow("line 1");
  expect(() => parse(`m ${"1".repeat(200_000)}x\n`)).toThrow("line 1");
});

test("in slices, a body is read as in one go, with the line of what is wrong", async () => {
  const options = { yieldToLoop: async () => {}, signal: null, keeps: () => true };
  const line = fc.constantFrom('a{b="c"} 1', "# TYPE a gauge", "# HELP a text", 'é_{x="ü"} 2', "", "b 3 17");
  const filler = `c{d="${"e".repeat(200)}"} 5\n`.repeat(1_000);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.boolean(), async (lines, isBroken) => {
      const text = `${lines.filter((each) => !each.startsWith("é")).join("\n")}\n${filler}${isBroken ? "what?\n" : "f 6\n"}`;
      const body = Buffer.from(text);
      const whole = outcome(() => parseText(body, "text"));
      const sliced = await parseTextInSlices(body, "text", options).catch((error: Error) => error.message);
      if (typeof whole === "string" || typeof sliced === "string") expect(sliced).toBe(whole);
      else {
        const { names, labels, families } = sliced;
        expect({ names, labels, families }).toEqual({
          names: whole.names,
          labels: whole.labels,
          families: whole.families,
        });
        expect([...sliced.values]).toEqual([...whole.values]);
      }
    }),
    { numRuns: 20 },
  );
});

test("in slices, an endless line and endless families are refused, and an aborted signal ends it", async () => {
  const options = { yieldToLoop: async () => {}, signal: null, keeps: () => true };
  const endless = Buffer.alloc(3 * 1024 * 1024, "a");
  const families = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `# TYPE f${index} gauge\n`).join(""));

  await expect(parseTextInSlices(endless, "text", options)).rejects.toThrow("longer than 1 MiB");
  await expect(parseTextInSlices(families, "text", options)).rejects.toThrow("more than 20000 families");
  const signal = AbortSignal.abort(new Error("late"));
  await expect(parseTextInSlices(families, "text", { ...options, signal })).rejects.toThrow("late");
});

function outcome<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
}
