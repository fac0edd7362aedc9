import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { parseTzif, zoneFileTimeAt } from "./tzif.ts";
import { tzifBytes } from "./testing/tzif-bytes.ts";

const TOKYO = {
  types: [
    [33_539, "LMT"],
    [32_400, "JST"],
  ],
  changes: [[-2_587_712_400, 1]],
  version: "2",
} as const;
const PARIS = {
  types: [
    [3600, "CET"],
    [7200, "CEST"],
  ],
  changes: [
    [1_000_000_000, 1],
    [1_000_500_000, 0],
  ],
  footer: "CET-1CEST,M3.5.0,M10.5.0/3",
  version: "2",
} as const;

test.each(["", "2", "3", "4"] as const)("reads version %p", (version) => {
  const zone = parseTzif(tzifBytes({ ...PARIS, footer: "", version }))!;

  const names = [0, 1_000_000_000, 1_000_499_999, 1_000_500_000, 2e9].map((at) => zoneFileTimeAt(zone, at).type);

  expect(names.map(({ abbreviation }) => abbreviation)).toEqual(["CET", "CEST", "CEST", "CET", "CET"]);
  expect(names[1]!.offsetSeconds).toBe(7200);
});

test("before the first change the first type is valid, also at times beyond 32 bits", () => {
  const zone = parseTzif(tzifBytes(TOKYO))!;

  expect(zoneFileTimeAt(zone, -2_587_712_401)).toEqual({
    type: { abbreviation: "LMT", offsetSeconds: 33_539 },
    untilSeconds: -2_587_712_400,
  });
  expect(zoneFileTimeAt(zone, 0).type.abbreviation).toBe("JST");
});

test("after the last change the rules at the end of the file hold", () => {
  const zone = parseTzif(tzifBytes(PARIS))!;

  expect(zoneFileTimeAt(zone, Date.parse("2040-07-01") / 1000).type.abbreviation).toBe("CEST");
  expect(zoneFileTimeAt(zone, Date.parse("2040-12-01") / 1000).type.abbreviation).toBe("CET");
});

test("a zone without changes has the rules of its end, or its one type", () => {
  const rules = parseTzif(tzifBytes({ types: [[3600, "CET"]], changes: [], footer: "WAT-1", version: "3" }))!;
  const type = parseTzif(tzifBytes({ types: [[0, "UTC"]], changes: [], version: "2" }))!;

  expect(zoneFileTimeAt(rules, 0).type.abbreviation).toBe("WAT");
  expect(zoneFileTimeAt(type, 0)).toEqual({
    type: { abbreviation: "UTC", offsetSeconds: 0 },
    untilSeconds: Number.POSITIVE_INFINITY,
  });
});

test.each([
  ["another file", Buffer.from("CET-1\n")],
  ["nothing", Buffer.alloc(0)],
  ["a zone cut short", tzifBytes(PARIS).subarray(0, 120)],
  ["a type that is not there", tzifBytes({ ...PARIS, changes: [[0, 2]] })],
  [
    "changes out of order",
    tzifBytes({
      ...PARIS,
      changes: [
        [5, 0],
        [5, 1],
      ],
    }),
  ],
  ["no type", tzifBytes({ types: [], changes: [], version: "2" })],
])("%s is no zone", (_, bytes) => {
  expect(parseTzif(bytes)).toBeNull();
});

test("any bytes are a zone with a result with a validity, or not a zone", () => {
  const whole = tzifBytes(PARIS);
  const damaged = fc
    .tuple(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 9 }))
    .map(([at, put]) => Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + put.length)]));

  fc.assert(
    fc.property(
      fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })),
      fc.integer({ min: -9e9, max: 9e9 }),
      (bytes, at) => {
        const zone = parseTzif(bytes);
        if (zone !== null) expect(zoneFileTimeAt(zone, at).untilSeconds).toBeGreaterThan(at);
      },
    ),
    { numRuns: 500 },
  );
});
