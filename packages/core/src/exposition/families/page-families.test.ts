import { describe, expect, test } from "@jest/globals";
import { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { Page } from "../../model/page.ts";
import { encode } from "../encoding/encoder.ts";
import { PageFamilies } from "./page-families.ts";

const CATALOGUE = new Catalogue([
  { name: "node_cpu_total", type: "counter", unit: "", help: "Cpu.", labels: ["cpu"], origin: "cpu" },
  { name: "node_load1", type: "gauge", unit: "", help: "Load.", labels: [], origin: "loadavg" },
]);

describe("PageFamilies", () => {
  test("groups the series of a name and orders them by label values", () => {
    const page = pageOf({
      cpu: [
        ["node_cpu_total", 'cpu="1"', 1],
        ["node_load1", "", 0.5],
        ["node_cpu_total", 'cpu="0"', 2],
        ["node_cpu_total", 'cpu="0!"', 3],
      ],
    });

    expect(render(page)).toBe(
      "# HELP node_cpu_total Cpu.\n# TYPE node_cpu_total counter\n" +
        'node_cpu_total{cpu="0"} 2\nnode_cpu_total{cpu="0!"} 3\nnode_cpu_total{cpu="1"} 1\n' +
        "# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1 0.5\n",
    );
  });

  test("orders escaped values by what they stand for", () => {
    const page = pageOf({
      a: [
        ["a", String.raw`p="z"`, 1],
        ["a", String.raw`p="\""`, 2],
        ["a", String.raw`p="\n"`, 3],
      ],
    });

    expect(values(page)).toEqual([3, 2, 1]);
  });

  test("keeps the first of two equal series", () => {
    expect(values(pageOf({ a: [["a", "", 1]], b: [["a", "", 2]] }))).toEqual([1]);
  });

  test("leaves out what is unknown, and a family of which nothing is known", () => {
    const page = pageOf({
      a: [
        ["a", 'x="1"', Number.NaN],
        ["a", 'x="2"', 7],
        ["b", "", Number.NaN],
      ],
    });

    expect(render(page)).toBe('# TYPE a untyped\na{x="2"} 7\n');
  });

  test("serves only the collectors that are wanted", () => {
    const page = pageOf({
      a: [["x", 'c="a"', 1]],
      b: [
        ["x", 'c="b"', 2],
        ["y", "", 3],
      ],
    });

    expect(render(page, (collector) => collector === "b")).toBe(
      '# TYPE x untyped\nx{c="b"} 2\n# TYPE y untyped\ny 3\n',
    );
  });

  test("shows new values in a known layout", () => {
    const families = new PageFamilies(CATALOGUE);
    const page = pageOf({ a: [["a", "", 1]] });
    families.of(page, () => true);

    const [family] = families.of({ ...page, values: Float64Array.of(2) }, () => true);

    expect(family?.value(0)).toBe(2);
  });
});

type Rows = Record<string, readonly (readonly [name: string, labels: string, value: number])[]>;

function pageOf(rows: Rows): Page {
  const all = Object.values(rows).flat();
  let end = 0;
  const sections = Object.entries(rows).map(([collector, series]) => ({
    collector,
    start: end,
    end: (end += series.length),
  }));
  const layout = { version: 1, sections, names: all.map(([name]) => name), labels: all.map(([, labels]) => labels) };
  return { layout, values: Float64Array.from(all, ([, , value]) => value), readAtMs: 0 };
}

function render(page: Page, wants: (collector: string) => boolean = () => true): string {
  return [...encode(new PageFamilies(CATALOGUE).of(page, wants), "text")].join("");
}

function values(page: Page): number[] {
  return new PageFamilies(CATALOGUE)
    .of(page, () => true)
    .flatMap((family) => Array.from({ length: family.count }, (_, at) => family.value(at)));
}
