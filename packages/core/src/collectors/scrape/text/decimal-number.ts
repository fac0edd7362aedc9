/** 10^0 to 10^22, the powers that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Integers of up to 15 digits are exact. */
const EXACT_DIGITS = 15;

/** Reads numbers as Prometheus does: what Go's `strconv.ParseFloat` accepts and can represent, without hexadecimal numbers and underscores. */
export class DecimalNumber {
  value = Number.NaN;
  /** Offset of the byte after the number. */
  end = 0;

  /**
   * Reads the number at `start`, which ends at a blank, a line feed, or the end of `bytes`; false if it is not a number.
   * A product of an exact integer and an exact power of ten is rounded once, so it is the nearest double
   * (Clinger, How to read floating point numbers accurately, 1990); anything longer is left to `Number`.
   */
  read(bytes: Buffer, start: number): boolean {
    let at = start;
    let byte = bytes[at]!;
    const isNegative = byte === MINUS;
    if (isNegative || byte === PLUS) byte = bytes[++at]!;
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) {
      mantissa = mantissa * 10 + (byte - ZERO);
      digits++;
    }
    if (byte === POINT) {
      byte = bytes[++at]!;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) {
        mantissa = mantissa * 10 + (byte - ZERO);
        digits++;
        scale--;
      }
    }
    if (digits === 0) return this.#readWord(bytes, start);
    if (byte === SMALL_E || byte === CAPITAL_E) {
      byte = bytes[++at]!;
      const isSmall = byte === MINUS;
      if (isSmall || byte === PLUS) byte = bytes[++at]!;
      const first = at;
      let exponent = 0;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) exponent = exponent * 10 + (byte - ZERO);
      if (at === first) return false;
      scale += isSmall ? -exponent : exponent;
    }
    if (at < bytes.length && !isEnd(byte)) return false;
    this.end = at;
    if (digits > EXACT_DIGITS || scale > 22 || scale < -22) {
      this.value = Number(bytes.toString("latin1", start, at));
      return Number.isFinite(this.value);
    }
    const size = scale < 0 ? mantissa / POWERS[-scale]! : mantissa * POWERS[scale]!;
    this.value = isNegative ? -size : size;
    return true;
  }

  #readWord(bytes: Buffer, start: number): boolean {
    let at = start;
    while (at < bytes.length && at - start <= WORD_LENGTH_MAX && !isEnd(bytes[at]!)) at++;
    const word = bytes.toString("latin1", start, at);
    if (!WORD.test(word)) return false;
    this.end = at;
    if (/nan/i.test(word)) this.value = Number.NaN;
    else this.value = word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return true;
  }
}

const WORD = /^(?:[-+]?inf(?:inity)?|nan)$/i;
const WORD_LENGTH_MAX = "+infinity".length;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SMALL_E = 0x65;
const CAPITAL_E = 0x45;

function isEnd(byte: number): boolean {
  return byte === 0x0a || byte === 0x20 || byte === 0x09;
}
