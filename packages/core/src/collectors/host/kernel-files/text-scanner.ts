const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const ZERO = 48;
/** Number of decimal digits that a double always represents exactly. */
const EXACT_DIGITS = 15;

/**
 * Iterates over the words of a /proc file, line by line. Never throws: beyond the end of a line, words are "" and numbers NaN.
 * Splitting the text into arrays of strings costs about three times as much.
 */
export class TextScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** True when no line is left. */
  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Moves to the start of the next line. */
  nextLine(): void {
    const newline = this.#text.indexOf("\n", this.#at);
    this.#at = newline === -1 ? this.#text.length : newline + 1;
  }

  /** The line's next word, or "". */
  word(): string {
    const start = this.#skipBlanks();
    const end = this.#endOfWord();
    this.#at = end;
    return this.#text.slice(start, end);
  }

  /** The rest of the line up to `mark`, without leading spaces; skips the mark, too. "" when the line has no mark. */
  before(mark: string): string {
    const start = this.#skipBlanks();
    const end = this.#text.indexOf(mark, start);
    const newline = this.#text.indexOf("\n", start);
    if (end === -1 || (newline !== -1 && newline < end)) return "";
    this.#at = end + mark.length;
    return this.#text.slice(start, end);
  }

  /** The line's next word as an unsigned integer, or NaN when it is anything else. */
  number(): number {
    const start = this.#skipBlanks();
    let value = 0;
    let at = start;
    for (; at < this.#text.length; at++) {
      const digit = this.#text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    const end = this.#endOfWord();
    this.#at = end;
    if (at === start || at !== end) return Number.NaN;
    return at - start > EXACT_DIGITS ? Number(this.#text.slice(start, end)) : value;
  }

  #skipBlanks(): number {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== TAB) return this.#at;
    }
  }

  #endOfWord(): number {
    let at = this.#at;
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === SPACE || code === TAB || code === NEWLINE) break;
    }
    return at;
  }
}
