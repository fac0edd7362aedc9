import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { parsePosixTimeZone, posixTimeAt } from "./posix-time-zone.ts";

test.each([
  ["CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", "CET", 3600],
  ["CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", "CEST", 7200],
  ["CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", "CEST", 7200],
  ["CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", "CET", 3600],
  ["NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-01-01T00:00:00Z", "NZDT", 46_800],
  ["NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-07-01T00:00:00Z", "NZST", 43_200],
  ["<+0330>-3:30", "2026-07-01T00:00:00Z", "+0330", 12_600],
  ["<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-07-01T00:00:00Z", "-02", -7200],
  ["EST5EDT", "2026-03-08T07:00:00Z", "EDT", -14_400],
  ["EST5EDT,0/0,J365/25", "2026-01-01T00:00:00Z", "EDT", -14_400],
  ["AAA3BBB2,J60,J300", "2024-03-01T04:59:59Z", "AAA", -10_800],
  ["AAA3BBB2,J60,J300", "2024-03-01T05:00:00Z", "BBB", -7200],
  ["AAA3BBB2,59,J300", "2024-02-29T05:00:00Z", "BBB", -7200],
  ["UTC0", "2026-07-01T00:00:00Z", "UTC", 0],
  ["XXX0:00:30", "2026-07-01T00:00:00Z", "XXX", -30],
])("%s at %s is %s, %d s east", (text, time, abbreviation, offsetSeconds) => {
  const zone = parsePosixTimeZone(text)!;

  expect(posixTimeAt(zone, Date.parse(time) / 1000).type).toEqual({ abbreviation, offsetSeconds });
});

test("says until when the result is valid", () => {
  const zone = parsePosixTimeZone("CET-1CEST,M3.5.0,M10.5.0/3")!;

  const { untilSeconds } = posixTimeAt(zone, Date.parse("2026-11-26T00:00:00Z") / 1000);

  expect(new Date(untilSeconds * 1000).toISOString()).toBe("2027-03-28T01:00:00.000Z");
});

test.each([
  "",
  "Nowhere/City",
  "CET",
  "C1",
  "CET-25",
  "CET-1:60",
  "CET-1CEST,M3.5.0",
  "CET-1CEST,M13.5.0,M10.5.0",
  "CET-1CEST,M3.6.0,M10.5.0",
  "CET-1CEST,M3.5.7,M10.5.0",
  "CET-1CEST,J0,J365",
  "CET-1CEST,0,366",
  "CET-1CEST,0/168,1",
  "<CET-1",
  "CET-1 ",
])("%p is no zone", (text) => {
  expect(parsePosixTimeZone(text)).toBeNull();
});

test("any text is a zone with an offset of at most a day and a result with a validity, or not a zone", () => {
  const pieces = fc.constantFrom(
    "CET",
    "<-03>",
    "-1",
    "5:30",
    "EDT",
    ",M3.5.0",
    ",J60",
    ",0",
    "/-3",
    "/167",
    "x",
    "\n",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
  );

  fc.assert(
    fc.property(texts, fc.integer({ min: -2e9, max: 5e9 }), (text, seconds) => {
      const zone = parsePosixTimeZone(text);
      if (zone === null) return;
      const { type, untilSeconds } = posixTimeAt(zone, seconds);
      expect(Math.abs(type.offsetSeconds)).toBeLessThanOrEqual(25 * 3600);
      expect(untilSeconds).toBeGreaterThan(seconds);
    }),
  );
});
