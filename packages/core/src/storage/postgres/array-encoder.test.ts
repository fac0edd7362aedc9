import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeFloat4Array, encodeFloat8Array, encodeInt4Array, encodeTimestampArray } from "./array-encoder.ts";

test("an array of int4 has the bytes that PostgreSQL's array_recv reads", () => {
  const bytes = encodeInt4Array(Int32Array.of(1, -2));

  expect(bytes.toString("hex")).toBe(
    ["00000001", "00000000", "00000017", "00000002", "00000001", "00000004", "00000001", "00000004", "fffffffe"].join(
      "",
    ),
  );
});

test("an empty array has a header only", () => {
  expect(encodeFloat8Array(new Float64Array(0))).toHaveLength(20);
});

test("every int4 reads back as it was", () => {
  fc.assert(
    fc.property(fc.int32Array(), (values) => {
      expect(decode(encodeInt4Array(values), (bytes) => bytes.readInt32BE())).toEqual([...values]);
    }),
  );
});

test("every float4 reads back as it was, NaN as null, from any place of a buffer", () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: false }), (values) => {
      const moved = new Float32Array(new ArrayBuffer(values.byteLength + 4), 4, values.length);
      moved.set(values);

      const read = decode(encodeFloat4Array(moved), (bytes) => bytes.readFloatBE());

      expect(read).toEqual([...values].map((value) => (Number.isNaN(value) ? null : value)));
    }),
  );
});

test("every float8 reads back as it was, NaN as null", () => {
  fc.assert(
    fc.property(fc.float64Array({ noNaN: false }), (values) => {
      const read = decode(encodeFloat8Array(values), (bytes) => bytes.readDoubleBE());

      expect(read).toEqual([...values].map((value) => (Number.isNaN(value) ? null : value)));
    }),
  );
});

test("milliseconds become microseconds since 2000, before 2000 too", () => {
  const epochMs = Date.UTC(2000, 0, 1);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 42), max: 2 ** 42 })), (offsets) => {
      const timestamps = Float64Array.from(offsets, (offset) => epochMs + offset);

      const read = decode(encodeTimestampArray(timestamps), (bytes) => bytes.readBigInt64BE());

      expect(read).toEqual(offsets.map((offset) => BigInt(offset) * 1000n));
    }),
  );
});

/** A second parser of the format, element by element. */
function decode<T>(bytes: Buffer, read: (element: Buffer) => T): (T | null)[] {
  const out: (T | null)[] = [];
  let at = 20;
  while (at < bytes.length) {
    const length = bytes.readInt32BE(at);
    out.push(length === -1 ? null : read(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + Math.max(0, length);
  }
  expect(bytes.readInt32BE(12)).toBe(out.length);
  expect(bytes.readInt32BE(4)).toBe(out.includes(null) ? 1 : 0);
  return out;
}
