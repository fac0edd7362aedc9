import { DecimalNumber } from "./decimal-number.ts";
import type { ParsedText } from "./parsed-text.ts";

/**
 * A text whose series are known: a later body of the same target mostly differs from it in numbers only, and then nothing but
 * the numbers is parsed. Three times as fast as parsing it anew.
 */
export class RememberedText {
  readonly #text: DataView;
  readonly #valueStarts: Int32Array;
  readonly #lineEnds: Int32Array;
  readonly #number = new DecimalNumber();

  constructor({ text, valueStarts, lineEnds }: ParsedText) {
    this.#text = viewOf(Buffer.from(text, "latin1"));
    this.#valueStarts = valueStarts;
    this.#lineEnds = lineEnds;
  }

  /** Stores the values of `body` in `values`, in the order of the series; false when it is not the same text around them. */
  read(body: Buffer, values: Float64Array): boolean {
    const number = this.#number;
    const starts = this.#valueStarts;
    const ends = this.#lineEnds;
    const view = viewOf(body);
    let from = 0;
    let at = 0;
    for (let index = 0; index < starts.length; index++) {
      at = this.#skipSame(view, at, { from, to: starts[index]! });
      if (at === -1 || !number.read(body, at)) return false;
      values[index] = number.value;
      at = number.end;
      // A timestamp or exemplar is parsed with the whole text.
      if (at < body.length && body[at] !== LINE_FEED) return false;
      from = ends[index]!;
    }
    return this.#skipSame(view, at, { from, to: this.#text.byteLength }) === body.length;
  }

  /** The offset after the bytes that equal this range of the text; -1 if they do not. */
  #skipSame(body: DataView, start: number, { from, to }: { readonly from: number; readonly to: number }): number {
    const text = this.#text;
    const length = to - from;
    if (start + length > body.byteLength) return -1;
    let i = 0;
    // Four bytes at once take a third of the time of one by one, and of a call of Buffer.compare.
    for (; i + 4 <= length; i += 4) {
      if (body.getInt32(start + i) !== text.getInt32(from + i)) return -1;
    }
    for (; i < length; i++) {
      if (body.getUint8(start + i) !== text.getUint8(from + i)) return -1;
    }
    return start + length;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

const LINE_FEED = 0x0a;
