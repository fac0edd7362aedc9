import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { columnFamily } from "./column-family.ts";
import type { Family, FamilyHead } from "./family.ts";
import { KeptLines } from "./kept-lines.ts";
import { seriesBlock } from "./series-block.ts";
import { seriesLines } from "./series-line.ts";

const HEAD: FamilyHead = { name: "node_a", type: "gauge", help: "A.", unit: "" };

test("has the lines of the values as they are now, whatever was served before", () => {
  const scrape = fc.uniqueArray(
    fc.record({ label: fc.constantFrom("", 'a="1"', 'a="2"', 'b="1"', 'c="1"'), value: someValue }),
    { selector: ({ label }) => label },
  );
  fc.assert(
    fc.property(fc.array(scrape, { maxLength: 6 }), fc.constantFrom("", 'node="n"'), (scrapes, staticLabels) => {
      const kept = new KeptLines(staticLabels);
      for (const series of scrapes) {
        const family = familyOf(
          series.map(({ label }) => label),
          series.map(({ value }) => value),
        );

        expect(kept.of(family)).toEqual([[...seriesLines(family, staticLabels, 1)].join("")]);
      }
    }),
  );
});

test("makes the text of a series again only when its value has changed", () => {
  const kept = new KeptLines("");
  const first = kept.of(familyOf(['a="1"', 'a="2"'], [1, Number.NaN]));

  expect(kept.of(familyOf(['a="1"', 'a="2"'], [1, Number.NaN]))).toBe(first);
  expect(kept.of(familyOf(['a="1"', 'a="2"'], [1, 3]))).toEqual(['node_a{a="1"} 1\nnode_a{a="2"} 3\n']);
});

test("distinguishes the series of a histogram that have the same labels and value", () => {
  const kept = new KeptLines("");
  const histogram = (suffixes: readonly string[]): Family => ({
    ...plain(familyOf(["", ""], [1, 1])),
    suffix: (index) => suffixes[index]!,
  });

  kept.of(histogram(["_sum", "_count"]));

  expect(kept.of(histogram(["_count", "_sum"]))).toEqual(["node_a_count 1\nnode_a_sum 1\n"]);
});

test("keeps nothing of a family of more series than a host has processor states", () => {
  const labels = Array.from({ length: 513 }, (_, index) => `a="${index}"`);

  expect(new KeptLines("").of(familyOf(labels, new Float64Array(513)))).toBeNull();
});

const someValue = fc.constantFrom(0, -0, 1, 1e6, Number.NaN, Number.POSITIVE_INFINITY);

function familyOf(labels: readonly string[], values: ArrayLike<number>): Family {
  return columnFamily(HEAD, labels.map(seriesBlock), values);
}

function plain(family: Family): Family {
  const { head, count } = family;
  return { head, count, block: (index) => family.block(index), value: (index) => family.value(index) };
}
