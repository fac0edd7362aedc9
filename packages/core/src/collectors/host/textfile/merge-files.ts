import { labelBlock } from "../../../model/label-text.ts";
import type { SourceFamily } from "../../../model/series-snapshot.ts";
import type { TextFamily, TextSeries } from "../../exposition-text/parse-exposition-text.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import type { TextFile } from "./text-file.ts";

export interface MergedFiles {
  readonly families: readonly MergedFamily[];
  /** Why parts of the files are left out. */
  readonly problems: readonly string[];
}

export interface MergedFamily {
  readonly family: SourceFamily;
  readonly series: readonly MergedSeries[];
}

export interface MergedSeries {
  readonly name: string;
  /** Rendered, see SeriesLayout. */
  readonly labels: string;
  readonly value: number;
}

/**
 * Several files may have series of one family, if they agree about it. As in node_exporter, labels that only some series of a
 * family have are empty for the others, and a family without help says which files it is from.
 */
export function mergeFiles(files: readonly TextFile[]): MergedFiles {
  const families = new Map<string, OpenFamily>();
  const problems: string[] = [];
  for (const { path, families: own } of files) {
    for (const family of own) {
      const problem = add(family, textOf(path), families);
      if (problem !== null) problems.push(`${textOf(path)}: ${problem}`);
    }
  }
  const merged = [...families.values()].map((family) => mergedFamily(family, problems));
  return { families: merged, problems };
}

interface OpenFamily {
  readonly name: string;
  readonly type: TextFamily["type"];
  help: string;
  readonly paths: string[];
  readonly series: TextSeries[];
}

/** Null, or why the family is left out. */
function add({ name, type, help, series }: TextFamily, path: string, families: Map<string, OpenFamily>): string | null {
  const known = families.get(name);
  if (known === undefined) {
    families.set(name, { name, type, help, paths: [path], series: [...series] });
    return null;
  }
  const first = known.paths[0]!;
  if (type !== known.type) return `${name} is a ${type} here and a ${known.type} in ${first}; its series are left out`;
  if (help !== "" && known.help !== "" && help !== known.help)
    return `${name} has another HELP than in ${first}; its series are left out`;
  if (known.help === "") known.help = help;
  known.paths.push(path);
  known.series.push(...series);
  return null;
}

function mergedFamily({ name, type, help, paths, series }: OpenFamily, problems: string[]): MergedFamily {
  const partLabel = type === "histogram" ? "le" : type === "summary" ? "quantile" : null;
  const names = [...new Set(series.flatMap(({ labels }) => [...labels.keys()]))].filter((label) => label !== partLabel);
  names.sort();
  const all = partLabel === null ? series : [...series, ...totalsLacking(name, series, partLabel)];
  const ordered = all.map((one) => rendered(one, { family: name, names, partLabel })).sort(compare);
  const unique = ordered.filter((one, index) => {
    const before = ordered[index - 1];
    return before === undefined || before.name !== one.name || before.labels !== one.labels;
  });
  if (unique.length < ordered.length) problems.push(`${paths.join(", ")}: ${name} has the same labels twice`);
  return { family: { name, type, help: help === "" ? `Metric read from ${paths.join(", ")}` : help }, series: unique };
}

/** As in node_exporter, a histogram or summary without a sum or a count has 0. */
function totalsLacking(family: string, series: readonly TextSeries[], partLabel: string): TextSeries[] {
  const groups = new Map<string, { readonly labels: ReadonlyMap<string, string>; readonly names: Set<string> }>();
  for (const { name, labels } of series) {
    const own = new Map([...labels].filter(([label]) => label !== partLabel));
    const key = labelBlock(Object.fromEntries(own));
    const group = groups.get(key) ?? { labels: own, names: new Set() };
    group.names.add(name);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ labels, names }) =>
    [`${family}_sum`, `${family}_count`]
      .filter((name) => !names.has(name))
      .map((name) => ({ name, labels, value: 0, timestamp: null })),
  );
}

interface RenderedSeries extends MergedSeries {
  /** The values of the family's labels, in alphabetical order of their names. */
  readonly values: readonly string[];
  /** Of the series of one histogram or summary: its buckets or quantiles, then sum, then count. */
  readonly suffix: string;
  readonly bound: number;
}

interface Shape {
  readonly family: string;
  readonly names: readonly string[];
  readonly partLabel: string | null;
}

function rendered({ name, labels, value }: TextSeries, { family, names, partLabel }: Shape): RenderedSeries {
  const values = names.map((label) => labels.get(label) ?? "");
  const own = labelBlock(Object.fromEntries(names.map((label, index) => [label, values[index]!])));
  const bound = partLabel === null ? undefined : labels.get(partLabel);
  const part = bound === undefined ? "" : labelBlock({ [partLabel!]: bound });
  return {
    name,
    labels: own === "" || part === "" ? own + part : `${own},${part}`,
    value,
    values,
    suffix: name.slice(family.length),
    bound: bound === undefined ? 0 : boundOf(bound),
  };
}

function boundOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text);
}

const SUFFIX_ORDER: readonly string[] = ["", "_bucket", "_sum", "_count"];

function compare(a: RenderedSeries, b: RenderedSeries): number {
  const at = a.values.findIndex((value, index) => value !== b.values[index]);
  if (at >= 0) return a.values[at]! < b.values[at]! ? -1 : 1;
  return SUFFIX_ORDER.indexOf(a.suffix) - SUFFIX_ORDER.indexOf(b.suffix) || a.bound - b.bound || compareText(a, b);
}

/** Two bounds may be the same number, or none. */
function compareText({ labels: a }: RenderedSeries, { labels: b }: RenderedSeries): number {
  return a < b ? -1 : Number(a > b);
}
