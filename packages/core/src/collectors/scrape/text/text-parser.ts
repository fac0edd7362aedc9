import { isAscii, isUtf8 } from "node:buffer";
import { METRIC_TYPES } from "../../../model/catalogue/definition.ts";
import type { MetricType } from "../../../model/catalogue/definition.ts";
import { CollectFailure } from "../../../model/failure.ts";
import { DecimalNumber } from "./decimal-number.ts";
import { ownText } from "../../../model/own-text.ts";
import { LabelParser } from "./label-parser.ts";
import { skipBlanks } from "./skip-blanks.ts";
import type { ParsedSamples, ParsedText, ScrapeFormat, TextFamily } from "./parsed-text.ts";

/** Beyond it a body is refused: a target with an endless set of series must not take the memory of the others. */
const SAMPLES_MAX = 200_000;

/**
 * Parses a body in the text format 0.0.4 or in OpenMetrics 1.0 (https://prometheus.io/docs/instrumenting/exposition_formats/,
 * https://prometheus.io/docs/specs/om/open_metrics_spec/), accepting what Prometheus 3 accepts: quoted UTF-8 names, a last
 * line without a line feed in the text format, exemplars and timestamps, which are read over.
 * Throws CollectFailure with the number of the line that is wrong.
 */
export class TextParser {
  readonly #isOpenMetrics: boolean;
  /** Null: all are kept. */
  readonly #keeps: ((name: string) => boolean) | null;
  #body: Buffer = Buffer.alloc(0);
  #text = "";
  #labelParser = new LabelParser({ bytes: this.#body, text: "" }, { isAscii: true, isStrict: false });
  readonly #number = new DecimalNumber();
  readonly #families = new Map<string, TextFamily>();
  readonly #names: string[] = [];
  readonly #labels: string[] = [];
  readonly #values: number[] = [];
  readonly #valueStarts: number[] = [];
  readonly #lineEnds: number[] = [];
  #samples = 0;
  /** Of the texts before this one. */
  #linesBefore = 0;
  #isEnded = false;
  #lastName = "";
  #lastFamily: TextFamily | null = null;

  constructor(format: ScrapeFormat, keeps: ((name: string) => boolean) | null) {
    this.#isOpenMetrics = format === "openmetrics";
    this.#keeps = keeps;
  }

  /** Parses the whole body, or its next lines. */
  parse(body: Buffer): void {
    if (!isUtf8(body)) throw new CollectFailure("invalid", "the body is not UTF-8");
    if (this.#keeps !== null) this.#linesBefore += this.#text.split("\n").length - 1;
    this.#body = body;
    // One character per byte, so that offsets into the text are offsets into the body.
    const text = body.toString("latin1");
    this.#text = text;
    const isStrict = this.#isOpenMetrics;
    this.#labelParser = new LabelParser({ bytes: body, text }, { isAscii: isAscii(body), isStrict });
    for (let at = 0; at < text.length;) {
      if (this.#isEnded) throw this.#invalid(at, "follows `# EOF`");
      const newline = text.indexOf("\n", at);
      const end = newline === -1 ? text.length : newline;
      this.#isEnded = this.#line(at, end);
      at = end + 1;
    }
  }

  /** Once all lines have been parsed. */
  samples(): ParsedSamples {
    if (this.#isOpenMetrics && !this.#isEnded && this.#text !== "")
      throw new CollectFailure("invalid", "the body ends without `# EOF`");
    return {
      families: [...this.#families.values()],
      names: this.#names,
      labels: this.#labels,
      values: Float64Array.from(this.#values),
      samples: this.#samples,
    };
  }

  /** The same, after a single call of parse(). */
  text(): ParsedText {
    return {
      ...this.samples(),
      text: this.#text,
      valueStarts: Int32Array.from(this.#valueStarts),
      lineEnds: Int32Array.from(this.#lineEnds),
    };
  }

  /** True for the line that ends an OpenMetrics text. */
  #line(start: number, end: number): boolean {
    const first = this.#isOpenMetrics ? start : skipBlanks(this.#text, start, end);
    if (first < end && this.#text.charCodeAt(first) === HASH) return this.#comment(first, end);
    if (first < end) this.#sample(first, end);
    else if (this.#isOpenMetrics) throw this.#invalid(start, "is empty");
    return false;
  }

  #comment(start: number, end: number): boolean {
    const text = this.#text;
    const keywordAt = this.#skipBlanks(start + 1, end);
    const keyword = this.#keywordAt(keywordAt, end);
    if (keyword === null) {
      if (!this.#isOpenMetrics) return false;
      if (text.slice(start, end) === "# EOF") return true;
      throw this.#invalid(start, "is not a valid comment");
    }
    const nameAt = this.#skipBlanks(keywordAt + KEYWORD_LENGTH, end);
    const nameEnd =
      text.charCodeAt(nameAt) === QUOTE ? endOfQuoted(text, nameAt, end) : endOfName(this.#body, nameAt, end);
    let restAt = this.#skipBlanks(nameEnd, end);
    if (nameEnd === nameAt || (restAt === nameEnd && this.#isOpenMetrics)) {
      throw this.#invalid(start, `has no valid name after ${keyword}`);
    }
    // As in Prometheus, which takes any byte after a name for the blank.
    if (restAt === nameEnd && restAt < end) restAt++;
    const family = this.#familyAt(nameAt, nameEnd);
    const rest = text.slice(restAt, end);
    if (keyword === "HELP") family.help = this.#own(this.#labelParser.decode(unescapeHelp(rest)));
    if (keyword === "TYPE") family.type = this.#typeOf(rest, start);
    if (keyword === "UNIT" && rest !== "" && !family.name.endsWith(`_${rest}`)) {
      throw this.#invalid(start, "has a unit that the name does not end with");
    }
    return false;
  }

  /** HELP or TYPE, in OpenMetrics also UNIT, with a blank after it; null for any other comment. */
  #keywordAt(at: number, end: number): string | null {
    const keyword = KEYWORDS.find((word) => this.#text.startsWith(word, at));
    if (keyword === undefined || (keyword === "UNIT" && !this.#isOpenMetrics)) return null;
    const after = at + KEYWORD_LENGTH;
    return this.#skipBlanks(after, end) > after ? keyword : null;
  }

  /** Any number of blanks; in OpenMetrics at most one space. */
  #skipBlanks(start: number, end: number): number {
    if (!this.#isOpenMetrics) return skipBlanks(this.#text, start, end);
    return start < end && this.#text.charCodeAt(start) === SPACE ? start + 1 : start;
  }

  /** HELP and TYPE of a family follow each other. */
  #familyAt(start: number, end: number): TextFamily {
    const last = this.#lastFamily;
    if (last !== null && last.name.length === end - start && this.#text.startsWith(last.name, start)) return last;
    const written = this.#text.slice(start, end);
    const name = this.#own(written.startsWith('"') ? this.#labelParser.unquote(written) : written);
    let family = this.#families.get(name);
    if (family === undefined) {
      if (this.#families.size === FAMILIES_MAX)
        throw new CollectFailure("invalid", `the body has more than ${FAMILIES_MAX} families`);
      this.#families.set(name, (family = { name, type: "untyped", help: "" }));
    }
    this.#lastFamily = family;
    return family;
  }

  #typeOf(word: string, lineStart: number): MetricType {
    const types = this.#isOpenMetrics ? OPEN_METRICS_TYPES : TEXT_TYPES;
    if (!types.has(word)) throw this.#invalid(lineStart, `has an unknown type; wanted one of ${[...types].join(", ")}`);
    return METRIC_TYPES.find((type) => type === word) ?? "untyped";
  }

  #sample(start: number, end: number): void {
    const text = this.#text;
    const labels = this.#labelParser;
    const nameEnd = endOfName(this.#body, start, end);
    let name: string | null = nameEnd === start ? null : this.#nameOf(start, nameEnd);
    let block = "";
    let keyEnd = nameEnd;
    const open = this.#isOpenMetrics ? nameEnd : skipBlanks(text, nameEnd, end);
    if (open < end && this.#body[open] === OPEN_BRACE) {
      if (!labels.parse(open, end)) throw this.#invalid(start, labels.problem);
      block = labels.block;
      keyEnd = labels.end;
      if (labels.metricName !== null && name !== null) throw this.#invalid(start, "has two metric names");
      name ??= labels.metricName;
    }
    if (name === null) throw this.#invalid(start, "has no metric name");
    const value = this.#number;
    const at = this.#skipBlanks(keyEnd, end);
    const isSeparated = at > keyEnd || (keyEnd > nameEnd && !this.#isOpenMetrics);
    if (!isSeparated || at >= end || !value.read(this.#body, at)) throw this.#invalid(start, "has no valid number");
    this.#rest(start, value.end, end);
    if (this.#samples++ === SAMPLES_MAX) {
      throw new CollectFailure("invalid", `the body has more than ${SAMPLES_MAX} samples`);
    }
    if (this.#keeps?.(name) === false) return;
    this.#names.push(this.#own(name));
    this.#labels.push(this.#own(block));
    this.#values.push(value.value);
    this.#valueStarts.push(at);
    this.#lineEnds.push(end);
  }

  /** What follows the value: a timestamp, and in OpenMetrics an exemplar. */
  #rest(start: number, valueEnd: number, end: number): void {
    if (valueEnd === end) return;
    const rest = this.#text.slice(valueEnd, end);
    if (!(this.#isOpenMetrics ? OPEN_METRICS_REST : TIMESTAMP).test(rest)) {
      throw this.#invalid(start, "has something after its number that is not a timestamp");
    }
  }

  /** Consecutive samples mostly have the same name, the first one mostly that of the family before it. */
  #nameOf(start: number, end: number): string {
    const family = this.#lastFamily;
    if (family !== null && family.name.length === end - start && this.#text.startsWith(family.name, start)) {
      return family.name;
    }
    if (this.#lastName.length !== end - start || !this.#text.startsWith(this.#lastName, start)) {
      this.#lastName = this.#text.slice(start, end);
    }
    return this.#lastName;
  }

  /** A part of a text keeps the whole text in memory. One that is parsed as a whole is remembered anyway. */
  #own(text: string): string {
    return this.#keeps === null ? text : ownText(text);
  }

  #invalid(offset: number, problem: string): CollectFailure {
    const line = this.#linesBefore + this.#text.slice(0, offset).split("\n").length;
    return new CollectFailure("invalid", `line ${line} ${problem}`);
  }
}

/** More than any exporter has. */
const FAMILIES_MAX = 20_000;
const TEXT_TYPES: ReadonlySet<string> = new Set(["counter", "gauge", "histogram", "summary", "untyped"]);
const OPEN_METRICS_TYPES: ReadonlySet<string> = new Set(
  "counter gauge histogram gaugehistogram summary info stateset unknown".split(" "),
);
const KEYWORDS = ["HELP", "TYPE", "UNIT"];
const KEYWORD_LENGTH = 4;
const TIMESTAMP = /^[ \t]+(?:\d+[ \t]*)?$/;
const LABELS = /\{(?:[A-Za-z_][A-Za-z0-9_]*="(?:\\.|[^\\"])*"(?:,(?!\})|(?=\})))*\}/.source;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.source;
const OPEN_METRICS_REST = new RegExp(`^(?: ${NUMBER})?(?: # ${LABELS} ${NUMBER}(?: ${NUMBER})?)?$`, "s");
const SPACE = 0x20;
const HASH = 0x23;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** Bytes of a metric name: 1 for a letter, an underscore or a colon, 2 for a digit. */
const NAME_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z_:]/.test(char) ? 1 : Number(/\d/.test(char)) * 2;
});

function endOfName(bytes: Buffer, start: number, end: number): number {
  if (NAME_BYTES[bytes[start]!] !== 1) return start;
  let at = start + 1;
  while (at < end && NAME_BYTES[bytes[at]!] !== 0) at++;
  return at;
}

/** The offset after the closing quote; that of the opening one when there is none. */
function endOfQuoted(text: string, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
  }
  return start;
}

function unescapeHelp(text: string): string {
  return text.includes("\\") ? text.replace(/\\([\\n"])/g, (_, char: string) => (char === "n" ? "\n" : char)) : text;
}
