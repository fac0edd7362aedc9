import { CloudMonitorError } from "../../model/errors.ts";
import type { MetricType } from "../../model/catalogue/definition.ts";

/** A family of a text in the Prometheus text format 0.0.4. */
export interface TextFamily {
  readonly name: string;
  readonly type: MetricType;
  /** "" when the text has none. */
  readonly help: string;
  readonly series: readonly TextSeries[];
}

export interface TextSeries {
  /** The family's, with the suffix of a histogram's or summary's series. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** As written; null when there is none. */
  readonly timestamp: number | null;
}

/**
 * Parses the text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) as strictly as Prometheus does;
 * lines may also end in CRLF. Families are in the order of their first line. Throws `COLLECT_FAILED`, with the number of the
 * line, when the text is invalid or ends within a line: its last number may be cut off.
 */
export function parseExpositionText(text: string): TextFamily[] {
  const families = new Families();
  let at = 0;
  let number = 0;
  while (at < text.length) {
    number++;
    const end = text.indexOf("\n", at);
    if (end === -1) throw invalid(number, "ends without a line feed; wanted one after the last line");
    parseLine(text.slice(at, end).replace(/\r$/, ""), number, families);
    at = end + 1;
  }
  return families.all();
}

const TYPES: ReadonlySet<string> = new Set(["counter", "gauge", "histogram", "summary", "untyped"]);
const METADATA = /^[ \t]*#[ \t]*(HELP|TYPE)[ \t]+([A-Za-z_:][A-Za-z0-9_:]*)(?:[ \t]+(.*))?$/;
const COMMENT = /^[ \t]*(?:#|$)/;
const SERIES =
  /^[ \t]*([A-Za-z_:][A-Za-z0-9_:]*)(?:[ \t]*\{(.*)\}[ \t]*|[ \t]+)([^ \t{}"]+)(?:[ \t]+([-+]?\d{1,19}))?[ \t]*$/;
const LABEL = /[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\[\\"n])*)"[ \t]*(?:,[ \t]*|$)/y;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function parseLine(line: string, number: number, families: Families): void {
  const metadata = METADATA.exec(line);
  if (metadata !== null) {
    const [, keyword, name, rest = ""] = metadata;
    const problem = keyword === "HELP" ? families.help(name!, unescapeHelp(rest)) : families.type(name!, rest.trim());
    if (problem !== null) throw invalid(number, problem);
  } else if (!COMMENT.test(line)) {
    const series = parseSeries(line, number);
    const problem = families.series(series);
    if (problem !== null) throw invalid(number, problem);
  }
}

function parseSeries(line: string, number: number): TextSeries {
  const match = SERIES.exec(line);
  if (match === null) throw invalid(number, 'is not a series; wanted `name{label="value"} number`');
  const [, name, block = "", valueText, timestampText] = match;
  const value = parseNumber(valueText!);
  if (value === null) throw invalid(number, "has no valid number");
  return {
    name: name!,
    labels: parseLabels(block, number),
    value,
    timestamp: timestampText === undefined ? null : Number(timestampText),
  };
}

function parseLabels(block: string, number: number): Map<string, string> {
  const labels = new Map<string, string>();
  const text = block.trimEnd();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) throw invalid(number, 'has invalid labels; wanted `label="value"` with commas between them');
    const [, name, value] = match;
    if (labels.has(name!)) throw invalid(number, `has the label \`${name!}\` twice`);
    if (name === "__name__") throw invalid(number, "has the label `__name__`, which is reserved");
    labels.set(name!, unescapeLabel(value!));
  }
  return labels;
}

/** Null when it is not a number of the format. */
function parseNumber(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) return null;
  if (word[2]!.toLowerCase() === "nan") return Number.NaN;
  return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function unescapeHelp(text: string): string {
  return text.replace(/\\([\\n])/g, (_, char: string) => (char === "n" ? "\n" : char));
}

function unescapeLabel(text: string): string {
  return text.includes("\\") ? text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char)) : text;
}

/** The families of a text as its lines describe them; each method returns what is wrong, or null. */
class Families {
  readonly #families = new Map<string, OpenFamily>();

  help(name: string, help: string): string | null {
    const family = this.#open(name);
    if (family.help !== null) return `is the second HELP of ${name}`;
    family.help = help;
    return null;
  }

  type(name: string, word: string): string | null {
    const type = word.toLowerCase();
    if (!TYPES.has(type)) return `has an unknown type; wanted one of ${[...TYPES].join(", ")}`;
    const family = this.#open(name);
    if (family.type !== null) return `is the second TYPE of ${name}`;
    if (family.series.length > 0) return `is the TYPE of ${name} after its series; wanted it before them`;
    family.type = type as MetricType;
    return null;
  }

  series(series: TextSeries): string | null {
    const family = this.#familyOf(series.name);
    if (family.type === "histogram" && family.name === series.name)
      return `is a series of the histogram ${series.name} without a suffix; wanted _bucket, _sum or _count`;
    family.series.push(series);
    return null;
  }

  all(): TextFamily[] {
    return [...this.#families.values()]
      .filter(({ series }) => series.length > 0)
      .map(({ name, type, help, series }) => ({ name, type: type ?? "untyped", help: help ?? "", series }));
  }

  #familyOf(name: string): OpenFamily {
    const [suffix] = /_(?:bucket|sum|count)$/.exec(name) ?? [];
    const whole = suffix === undefined ? undefined : this.#families.get(name.slice(0, -suffix.length));
    const isPart = whole?.type === "histogram" || (whole?.type === "summary" && suffix !== "_bucket");
    return isPart ? whole : this.#open(name);
  }

  #open(name: string): OpenFamily {
    let family = this.#families.get(name);
    if (family === undefined) this.#families.set(name, (family = { name, type: null, help: null, series: [] }));
    return family;
  }
}

interface OpenFamily {
  readonly name: string;
  type: MetricType | null;
  help: string | null;
  readonly series: TextSeries[];
}

function invalid(number: number, problem: string): CloudMonitorError {
  return new CloudMonitorError("COLLECT_FAILED", `line ${number} ${problem}`);
}
