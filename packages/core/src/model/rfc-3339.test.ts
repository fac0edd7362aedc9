import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseRfc3339 } from "./rfc-3339.ts";

test.each([
  ["2026-01-31T12:00:00Z", Date.UTC(2026, 0, 31, 12)],
  ["2026-01-31t12:00:00z", Date.UTC(2026, 0, 31, 12)],
  ["2026-01-31T12:00:00.5+01:00", Date.UTC(2026, 0, 31, 11, 0, 0, 500)],
  ["2026-01-31T00:00:00.123456789-00:00", Date.UTC(2026, 0, 31, 0, 0, 0, 123)],
  ["2024-02-29T23:59:59-23:59", Date.UTC(2024, 2, 1, 23, 58, 59)],
  ["0000-01-01T00:00:00Z", -62_167_219_200_000],
  ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
  ["2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1)],
  ["2017-01-01T00:59:60.7+01:00", Date.UTC(2017, 0, 1)],
])("%s is read", (text, expected) => {
  expect(parseRfc3339(text)).toBe(expected);
});

test.each([
  "2026-02-30T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-32T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:60:00Z",
  "2026-01-01T00:00:60Z",
  "2026-01-01T23:59:61Z",
  "2026-01-01T00:00:00+24:00",
  "2026-01-01T00:00:00+01:60",
  "2026-01-01T00:00:00+0100",
  "2026-01-01T00:00:00",
  "2026-01-01T00:00:00.Z",
  "2026-01-01 00:00:00Z",
  "2026-1-1T00:00:00Z",
  "+002026-01-01T00:00:00Z",
  "２０２６-01-01T00:00:00Z",
  "2026-01-01T00:00:00Z\n",
])("%j is refused", (text) => {
  expect(parseRfc3339(text)).toBeNull();
});

test("every time that a Date can write within four digits of the year is read back, in every zone", () => {
  const date = fc.date({ min: new Date("0001-01-01"), max: new Date("9998-12-31"), noInvalidDate: true });

  fc.assert(
    fc.property(date, fc.integer({ min: -1_439, max: 1_439 }), (moment, offset) => {
      const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, "0"),
      );

      expect(parseRfc3339(`${local}${offset < 0 ? "-" : "+"}${hours}:${minutes}`)).toBe(moment.getTime());
    }),
  );
});

test("a day is valid or refused, never changed", () => {
  const number = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, "0"));

  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 9999 }), number, number, (year, month, day) => {
      const written = `${year}-${month}-${day}`;
      const found = parseRfc3339(`${written}T00:00:00Z`);

      expect(found === null || new Date(found).toISOString().slice(0, 10) === written).toBe(true);
    }),
  );
});
