import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { METRIC_TYPES } from "../../model/catalogue/definition.ts";
import { columnFamily } from "./column-family.ts";
import { encode } from "./encoder.ts";
import type { Family, FamilyHead } from "./family.ts";
import { KeptLines } from "./kept-lines.ts";
import { labelBlock, labelText } from "../../model/label-text.ts";
import { seriesBlock } from "./series-block.ts";
import { TEXT_FORMATS } from "./text-format.ts";
import { parseExposition } from "../testing/parse-exposition.ts";

describe("encode", () => {
  test("writes families in bytewise order, each with help and type", () => {
    const families = [
      single({ name: "node_b" }, 2),
      single({ name: "node_B" }, 1),
      single({ name: "node_a_total", type: "counter" }, 3),
    ];

    const text = [...encode(families, "text")].join("");

    expect(text).toBe(
      "# HELP node_B Help.\n# TYPE node_B gauge\nnode_B 1\n" +
        "# HELP node_a_total Help.\n# TYPE node_a_total counter\nnode_a_total 3\n" +
        "# HELP node_b Help.\n# TYPE node_b gauge\nnode_b 2\n",
    );
  });

  test("writes OpenMetrics with the unit, the counter's family without its suffix, and an end", () => {
    const families = [single({ name: "node_cpu_seconds_total", type: "counter", unit: "seconds" }, 1e6)];

    const text = [...encode(families, "openmetrics")].join("");

    expect(text).toBe(
      "# TYPE node_cpu_seconds counter\n# UNIT node_cpu_seconds seconds\n# HELP node_cpu_seconds Help.\nnode_cpu_seconds_total 1e+06\n# EOF\n",
    );
  });

  test("escapes a help by the rules of each format", () => {
    const families = [single({ name: "a", help: 'back\\slash "quote"\nline' }, 1)];

    const [text] = encode(families, "text");
    const [openMetrics] = encode(families, "openmetrics");

    expect(text).toContain(String.raw`# HELP a back\\slash "quote"\nline` + "\n");
    expect(openMetrics).toContain(String.raw`# HELP a back\\slash \"quote\"\nline` + "\n");
  });

  test.each([
    ["an untyped family", { name: "a", type: "untyped" }, "# TYPE a unknown\n"],
    ["a counter without the suffix", { name: "a", type: "counter" }, "# TYPE a unknown\n"],
    ["a gauge with the suffix of counters", { name: "a_total" }, "# TYPE a_total gauge\n"],
    ["an info", { name: "a_info" }, "# TYPE a_info gauge\n"],
  ] as const)("names %s in OpenMetrics so that its sample keeps its name", (_, head, expected) => {
    const [text] = encode([single(head, 1)], "openmetrics");

    expect(text).toContain(expected);
    expect(text).toContain(`\n${head.name} 1\n`);
  });

  test("types a counter as unknown in OpenMetrics where its bare name is another family's", () => {
    const families = [single({ name: "node_errors_total", type: "counter" }, 1), single({ name: "node_errors" }, 2)];

    const [text] = encode(families, "openmetrics");

    expect(text).toContain("# TYPE node_errors gauge\n");
    expect(text).toContain("# TYPE node_errors_total unknown\n");
  });

  test("omits a unit that the name does not end with", () => {
    const [text] = encode([single({ name: "node_load1", unit: "tasks" }, 1)], "openmetrics");

    expect(text).not.toContain("# UNIT");
  });

  test("writes nothing of a family without series", () => {
    const families = [columnFamily(head({ name: "a" }), [], [])];

    expect([...encode(families, "text")]).toEqual([]);
    expect([...encode(families, "openmetrics")]).toEqual(["# EOF\n"]);
  });

  test("splits a large response into chunks of about 64 Ki characters, at line ends", () => {
    const blocks = Array.from({ length: 10_000 }, (_, i) => seriesBlock(`id="${i}"`));

    const chunks = [...encode([columnFamily(head({ name: "a" }), blocks, new Float64Array(10_000))], "text")];

    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => chunk.endsWith("\n") && chunk.length < 66_000)).toBe(true);
    expect(parseExposition(chunks.join("")).families[0]?.samples).toHaveLength(10_000);
  });

  test.each(TEXT_FORMATS)("writes %s that reads back as the same samples", (format) => {
    fc.assert(
      fc.property(fc.uniqueArray(anyFamily, { selector: ({ name }) => name, minLength: 1, maxLength: 6 }), (given) => {
        const page = parseExposition([...encode(given.map(familyOf), format)].join(""));

        const samples = page.families.flatMap((family) => family.samples);
        expect(samples).toEqual([...given].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(samplesOf));
        expect(new Set(page.families.map(({ name }) => name)).size).toBe(page.families.length);
      }),
    );
  });
});

test("labels of every series are added, unless the series has them", () => {
  const families = [
    columnFamily(head({ name: "a" }), ["", 'device="x"', 'node="own",z="}"'].map(seriesBlock), [1, 2, 3]),
  ];

  expect([...encode(families, "text", new KeptLines('node="n,1",team="t"'))].join("").split("\n").slice(2)).toEqual([
    'a{node="n,1",team="t"} 1',
    'a{device="x",node="n,1",team="t"} 2',
    'a{node="own",z="}",team="t"} 3',
    "",
  ]);
});

interface AnyFamily {
  readonly name: string;
  readonly type: Exclude<FamilyHead["type"], "histogram">;
  readonly help: string;
  readonly unit: string;
  readonly series: readonly { readonly labels: Record<string, string>; readonly value: number }[];
}

const labelName = fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/);
const printable = fc.string({ unit: "grapheme" }).filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text));
const odd = fc.constantFrom("\n", '"', "\\", "{", "}", ",", "\\n", "=", "\t", "\r", "\0", "\u0085", "\u2028", "\ud800");
const labelValue = fc.array(fc.oneof(printable, odd), { maxLength: 4 });
const anyFamily: fc.Arbitrary<AnyFamily> = fc.record({
  name: fc.stringMatching(/^[a-c]{1,3}(_total)?$/),
  type: fc.constantFrom(...METRIC_TYPES.filter((type) => type !== "histogram")),
  help: printable,
  unit: fc.constantFrom("", "a", "bytes"),
  series: fc.array(
    fc.record({
      labels: fc.dictionary(
        labelName,
        labelValue.map((parts) => parts.join("")),
        { noNullPrototype: true },
      ),
      value: fc.double(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

function samplesOf({ name, series }: AnyFamily): unknown[] {
  return series.map(({ labels, value }) => {
    const texts = Object.entries(labels).map(([label, text]) => [label, labelText(text)]);
    return { name, labels: Object.fromEntries(texts), value: value + 0 };
  });
}

function familyOf({ series, ...rest }: AnyFamily): Family {
  return columnFamily(
    rest,
    series.map(({ labels }) => seriesBlock(labelBlock(labels))),
    series.map(({ value }) => value),
  );
}

function head(given: Partial<FamilyHead> & { readonly name: string }): FamilyHead {
  return { type: "gauge", help: "Help.", unit: "", ...given };
}

function single(given: Partial<FamilyHead> & { readonly name: string }, value: number): Family {
  return columnFamily(head(given), [seriesBlock("")], [value]);
}
