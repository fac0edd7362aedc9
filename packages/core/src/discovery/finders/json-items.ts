/** Of an item: what is parsed at once holds up everything else, 4 MiB for about 30 ms. */
const ITEM_BYTES_MAX = 4 * 2 ** 20;
const DEPTH_MAX = 32;

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPENING_BRACKET, CLOSING_BRACKET] = [0x5b, 0x5d];
const [OPENING_BRACE, CLOSING_BRACE] = [0x7b, 0x7d];

/**
 * Finds the items of a JSON array in UTF-8, which are then parsed one by one: 10 MB at once would stop the event loop for
 * 100 ms. Methods throw when the text is no array; whether an item is valid, its parser says.
 */
export class JsonItems {
  readonly #bytes: Buffer;
  #at = 0;
  #isOpened = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the next item begins; null after the last one. */
  next(): number | null {
    const isFirst = !this.#isOpened;
    if (isFirst) this.#open();
    else this.#skipBlanks();
    const byte = this.#bytes[this.#at];
    if (byte === CLOSING_BRACKET) return this.#close();
    if (isFirst) return this.#at;
    if (byte !== COMMA) throw new Error("the JSON array does not end: is the answer cut off?");
    this.#at++;
    this.#skipBlanks();
    return this.#at;
  }

  /** Where the item ends that begins at `start`. */
  endOf(start: number): number {
    const end = endOfValue(this.#bytes, start);
    if (end - start > ITEM_BYTES_MAX) throw new Error(`an item is longer than ${ITEM_BYTES_MAX / 2 ** 20} MiB`);
    return end;
  }

  /** The current item ends here. */
  pass(end: number): void {
    this.#at = end;
  }

  #open(): void {
    this.#isOpened = true;
    this.#skipBlanks();
    if (this.#bytes[this.#at] !== OPENING_BRACKET) throw new Error("wanted a JSON array of {targets, labels}");
    this.#at++;
    this.#skipBlanks();
  }

  #close(): null {
    this.#at++;
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) throw new Error("there is something after the JSON array");
    return null;
  }

  #skipBlanks(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at++;
  }
}

/** RFC 8259, section 2. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Behind the last byte of a value: of an object, an array or a string it is known; another ends where the next thing begins. */
function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      // JSON.parse takes seconds for millions of brackets.
      if (++depth > DEPTH_MAX) throw new Error(`an item is nested more than ${DEPTH_MAX} levels deep`);
      continue;
    } else if (depth === 0 && (byte === COMMA || byte === CLOSING_BRACKET || isBlank(byte))) return at;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth--;
    else continue;
    if (depth <= 0) return at + 1;
  }
  return bytes.length;
}

/** Behind the closing quote. */
function endOfString(bytes: Buffer, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at + 1, bytes.length);
}
