import { describe, expect, test } from "@jest/globals";
import { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { SeriesSnapshot, SourceFamily } from "../../model/series-snapshot.ts";
import { encode } from "../encoding/encoder.ts";
import { SnapshotFamilies } from "./snapshot-families.ts";

const CATALOGUE = new Catalogue([
  { name: "node_cpu_total", type: "counter", unit: "", help: "Cpu.", labels: ["cpu"], origin: "cpu" },
  { name: "node_load1", type: "gauge", unit: "", help: "Load.", labels: [], origin: "loadavg" },
]);

describe("SnapshotFamilies", () => {
  test("groups the series of a name and orders them by label values", () => {
    const snapshot = snapshotOf({
      cpu: [
        ["node_cpu_total", 'cpu="1"', 1],
        ["node_load1", "", 0.5],
        ["node_cpu_total", 'cpu="0"', 2],
        ["node_cpu_total", 'cpu="0!"', 3],
      ],
    });

    expect(render(snapshot)).toBe(
      "# HELP node_cpu_total Cpu.\n# TYPE node_cpu_total counter\n" +
        'node_cpu_total{cpu="0"} 2\nnode_cpu_total{cpu="0!"} 3\nnode_cpu_total{cpu="1"} 1\n' +
        "# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1 0.5\n",
    );
  });

  test("orders escaped values by their unescaped text", () => {
    const snapshot = snapshotOf({
      a: [
        ["a", String.raw`p="z"`, 1],
        ["a", String.raw`p="\""`, 2],
        ["a", String.raw`p="\n"`, 3],
      ],
    });

    expect(values(snapshot)).toEqual([3, 2, 1]);
  });

  test("keeps the first of two equal series", () => {
    expect(values(snapshotOf({ a: [["a", "", 1]], b: [["a", "", 2]] }))).toEqual([1]);
  });

  test("omits unknown values, and families without known values", () => {
    const snapshot = snapshotOf({
      a: [
        ["a", 'x="1"', Number.NaN],
        ["a", 'x="2"', 7],
        ["b", "", Number.NaN],
      ],
    });

    expect(render(snapshot)).toBe('# TYPE a untyped\na{x="2"} 7\n');
  });

  test("serves only the requested collectors", () => {
    const snapshot = snapshotOf({
      a: [["x", 'c="a"', 1]],
      b: [
        ["x", 'c="b"', 2],
        ["y", "", 3],
      ],
    });

    expect(render(snapshot, (collector) => collector === "b")).toBe(
      '# TYPE x untyped\nx{c="b"} 2\n# TYPE y untyped\ny 3\n',
    );
  });

  test("shows new values in a known layout", () => {
    const families = new SnapshotFamilies(CATALOGUE);
    const snapshot = snapshotOf({ a: [["a", "", 1]] });
    families.of(snapshot, () => true);

    const [family] = families.of({ ...snapshot, values: Float64Array.of(2) }, () => true);

    expect(family?.value(0)).toBe(2);
  });
});

type Rows = Record<string, readonly (readonly [name: string, labels: string, value: number])[]>;

test("a source describes families that the catalogue lacks, in its own order and with its NaN; the catalogue's stay", () => {
  const text = render(
    snapshotOf(
      {
        textfile: [
          ["job_seconds_bucket", 'le="0.5"', 1],
          ["job_seconds_bucket", 'le="+Inf"', 2],
          ["job_seconds_sum", "", 3],
          ["job_seconds_count", "", 2],
          ["job_ratio", "", NaN],
          ["job_count", "", 7],
        ],
      },
      [
        { name: "job_seconds", type: "histogram", help: "Duration of the job." },
        { name: "job_ratio", type: "gauge", help: "" },
      ],
    ),
  );

  expect(text).toBe(
    "# TYPE job_count untyped\njob_count 7\n" +
      "# TYPE job_ratio gauge\njob_ratio NaN\n" +
      "# HELP job_seconds Duration of the job.\n# TYPE job_seconds histogram\n" +
      'job_seconds_bucket{le="0.5"} 1\njob_seconds_bucket{le="+Inf"} 2\njob_seconds_sum 3\njob_seconds_count 2\n',
  );
});

function snapshotOf(rows: Rows, families: readonly SourceFamily[] = []): SeriesSnapshot {
  const all = Object.values(rows).flat();
  let end = 0;
  const sections = Object.entries(rows).map(([collector, series]) => ({
    collector,
    start: end,
    end: (end += series.length),
  }));
  const layout = {
    version: 1,
    sections,
    names: all.map(([name]) => name),
    labels: all.map(([, labels]) => labels),
    families,
  };
  return { layout, values: Float64Array.from(all, ([, , value]) => value), readAtMs: 0 };
}

function render(snapshot: SeriesSnapshot, wants: (collector: string) => boolean = () => true): string {
  return [...encode(new SnapshotFamilies(CATALOGUE).of(snapshot, wants), "text")].join("");
}

function values(snapshot: SeriesSnapshot): number[] {
  return new SnapshotFamilies(CATALOGUE)
    .of(snapshot, () => true)
    .flatMap((family) => Array.from({ length: family.count }, (_, at) => family.value(at)));
}
