import { escapeLabelValue } from "../../../model/label-text.ts";
import { skipBlanks } from "./skip-blanks.ts";

/**
 * Parses the labels of samples. The usual block (names in order, without blanks, escapes as we write them) is the rendered
 * block already and is copied as it stands; any other is rendered anew.
 */
export class LabelParser {
  /** Of the last block: rendered, as in SeriesLayout. */
  block = "";
  /** Of the last block: a quoted metric name in it, null for none. */
  metricName: string | null = null;
  /** Offset of the byte after the last block. */
  end = 0;
  /** What is wrong with the last block, as the end of a sentence that begins with the line. */
  problem = "";
  readonly #text: string;
  readonly #bytes: Buffer;
  readonly #isAscii: boolean;
  readonly #isStrict: boolean;

  /** `text` has one character per byte. As OpenMetrics wants it, a strict block has no blanks. */
  constructor(
    { bytes, text }: { readonly bytes: Buffer; readonly text: string },
    { isAscii, isStrict }: { readonly isAscii: boolean; readonly isStrict: boolean },
  ) {
    this.#bytes = bytes;
    this.#text = text;
    this.#isAscii = isAscii;
    this.#isStrict = isStrict;
  }

  /** Parses the block whose brace is at `open`, in a line that ends at `lineEnd`; false if it is not valid. */
  parse(open: number, lineEnd: number): boolean {
    this.metricName = null;
    // Bytes, not characters: half the time.
    const bytes = this.#bytes;
    let at = open + 1;
    let previousStart = at;
    let previousEnd = at;
    let isRendered = this.#isAscii;
    for (;;) {
      if (bytes[at] === CLOSE_BRACE && at === open + 1) break;
      const start = at;
      if (LABEL_BYTES[bytes[at]!] === 1)
        do at++;
        while (LABEL_BYTES[bytes[at]!]! > 0);
      if (at === start || at >= lineEnd || bytes[at] !== EQUALS || bytes[at + 1] !== QUOTE) {
        return this.#parseAny(open, lineEnd);
      }
      isRendered &&= isBefore(bytes, { start: previousStart, end: previousEnd }, { start, end: at });
      previousStart = start;
      previousEnd = at;
      at = this.#endOfValue(at + 2, lineEnd);
      if (at === -1) return this.#parseAny(open, lineEnd);
      const next = bytes[at];
      if (next === CLOSE_BRACE) break;
      if (next !== COMMA) return this.#parseAny(open, lineEnd);
      at++;
    }
    if (!isRendered) return this.#parseAny(open, lineEnd);
    this.block = this.#text.slice(open + 1, at);
    this.end = at + 1;
    return true;
  }

  /** The text between two quotes, which it still has. */
  unquote(quoted: string): string {
    return this.decode(unescape(quoted.slice(1, -1)));
  }

  /** From one character per byte to the text that these bytes are in UTF-8. */
  decode(bytes: string): string {
    return this.#isAscii ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
  }

  /** Of a value without escapes but our own; the offset after its closing quote, -1 for any other. */
  #endOfValue(start: number, lineEnd: number): number {
    const bytes = this.#bytes;
    for (let at = start; at < lineEnd; at++) {
      const kind = VALUE_BYTES[bytes[at]!];
      if (kind === 0) continue;
      if (kind === 1) return at + 1;
      // A control character is replaced.
      if (kind === 2) return -1;
      if (!ESCAPED.has(bytes[++at]!)) return -1;
    }
    return -1;
  }

  /** Any valid block: blanks, quoted names, names in any order, any escape, a comma at the end. */
  #parseAny(open: number, lineEnd: number): boolean {
    const labels: [name: string, value: string][] = [];
    const pattern = this.#isStrict ? STRICT_LABEL : LABEL;
    let at = open + 1;
    for (;;) {
      if (!this.#isStrict) at = skipBlanks(this.#text, at, lineEnd);
      if (at < lineEnd && this.#text.charCodeAt(at) === CLOSE_BRACE) break;
      pattern.lastIndex = at;
      const match = pattern.exec(this.#text);
      if (match === null || pattern.lastIndex > lineEnd) return this.#fail("has invalid labels");
      const [, quoted, plain, value] = match;
      at = pattern.lastIndex;
      const name = quoted === undefined ? plain! : this.unquote(quoted);
      if (value !== undefined) labels.push([name, this.unquote(value)]);
      else if (quoted !== undefined && this.metricName === null) this.metricName = name;
      else return this.#fail("has a label without a value");
    }
    if (new Set(labels.map(([name]) => name)).size < labels.length) return this.#fail("has a label twice");
    this.block = labels
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, value]) =>
          `${PLAIN_NAME.test(name) ? name : `"${escapeLabelValue(name)}"`}="${escapeLabelValue(value)}"`,
      )
      .join(",");
    this.end = at + 1;
    return true;
  }

  #fail(problem: string): false {
    this.problem = problem;
    return false;
  }
}

/** One label, or a quoted metric name, with the comma after it, which Prometheus does not insist on. */
const LABEL =
  /[ \t]*(?:("(?:\\.|[^\\"\n])*")|([A-Za-z_][A-Za-z0-9_]*))(?:[ \t]*=[ \t]*("(?:\\.|[^\\"\n])*")|(?![ \t]*=))[ \t]*,?/sy;
const STRICT_LABEL = /(?:("(?:\\.|[^\\"\n])*")|([A-Za-z_][A-Za-z0-9_]*))(?:=("(?:\\.|[^\\"\n])*")|(?!=))(?:,|(?=\}))/sy;
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
/** Bytes of a label name: 1 for a letter or an underscore, 2 for a digit. */
const LABEL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z_]/.test(char) ? 1 : Number(/\d/.test(char)) * 2;
});
/** Bytes of a value: 1 for the quote at its end, 2 for a control character, 3 for a backslash, 0 for any other. */
const VALUE_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x22) return 1;
  return byte < 0x20 || byte === 0x7f ? 2 : Number(byte === 0x5c) * 3;
});
const QUOTE = 0x22;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const CLOSE_BRACE = 0x7d;
/** A backslash, a quote, `n`. */
const ESCAPED: ReadonlySet<number> = new Set([BACKSLASH, QUOTE, 0x6e]);

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Whether the first name comes before the second one, bytewise; an empty one does. */
function isBefore(bytes: Buffer, a: Range, b: Range): boolean {
  const common = Math.min(a.end - a.start, b.end - b.start);
  for (let i = 0; i < common; i++) {
    const difference = bytes[a.start + i]! - bytes[b.start + i]!;
    if (difference !== 0) return difference < 0;
  }
  return a.end - a.start < b.end - b.start;
}

/** As Prometheus does: an escape that the format does not have stays as it is. */
function unescape(text: string): string {
  return text.includes("\\") ? text.replace(/\\([\\"n])/g, (_, char: string) => (char === "n" ? "\n" : char)) : text;
}
