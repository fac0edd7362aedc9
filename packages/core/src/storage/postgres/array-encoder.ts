/**
 * PostgreSQL's binary arrays (src/backend/utils/adt/arrayfuncs.c, array_recv) built directly from typed arrays.
 * Layout, big-endian words: dimensions 1, null flag, element type, count, lower bound 1, then for each element its length
 * in bytes and its bits; a NULL is the length -1 alone. Everything is 4-byte words, so they are written in host order
 * and converted by one native `swap32`. Hosts are little-endian (x64, arm64).
 * NaN becomes NULL; -0 and Infinity are kept. Type numbers: pg_type.dat.
 */
export function encodeInt4Array(values: Int32Array): Buffer {
  const words = arrayOf(INT4, { count: values.length, wordsEach: 1 });
  let at = HEADER_WORDS;
  for (let i = 0; i < values.length; i++) {
    words[at++] = 4;
    words[at++] = values[i]!;
  }
  return finished(words, at);
}

export function encodeFloat4Array(values: Float32Array): Buffer {
  const words = arrayOf(FLOAT4, { count: values.length, wordsEach: 1 });
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let at = HEADER_WORDS;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === value) {
      words[at++] = 4;
      words[at++] = bits[i]!;
    } else {
      words[at++] = -1;
      words[1] = 1;
    }
  }
  return finished(words, at);
}

export function encodeFloat8Array(values: Float64Array): Buffer {
  const words = arrayOf(FLOAT8, { count: values.length, wordsEach: 2 });
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let at = HEADER_WORDS;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === value) {
      words[at++] = 8;
      words[at++] = bits[2 * i + 1]!;
      words[at++] = bits[2 * i]!;
    } else {
      words[at++] = -1;
      words[1] = 1;
    }
  }
  return finished(words, at);
}

/** Milliseconds since 1970 as timestamptz: int8 microseconds since 2000. Exact between the years 1715 and 2285. */
export function encodeTimestampArray(values: Float64Array): Buffer {
  const words = arrayOf(TIMESTAMPTZ, { count: values.length, wordsEach: 2 });
  let at = HEADER_WORDS;
  for (let i = 0; i < values.length; i++) {
    const microseconds = Math.round((values[i]! - EPOCH_2000_MS) * 1000);
    words[at++] = 8;
    words[at++] = Math.floor(microseconds / 2 ** 32);
    words[at++] = microseconds % 2 ** 32;
  }
  return finished(words, at);
}

const HEADER_WORDS = 5;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;
const TIMESTAMPTZ = 1184;
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);

function arrayOf(elementType: number, size: { count: number; wordsEach: number }): Int32Array<ArrayBuffer> {
  const words = new Int32Array(HEADER_WORDS + size.count * (1 + size.wordsEach));
  words[0] = 1;
  words[2] = elementType;
  words[3] = size.count;
  words[4] = 1;
  return words;
}

function finished(words: Int32Array<ArrayBuffer>, used: number): Buffer {
  return Buffer.from(words.buffer, 0, used * 4).swap32();
}
