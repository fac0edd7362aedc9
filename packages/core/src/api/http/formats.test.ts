import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isAddress } from "../../platform/address.ts";
import { momentMs } from "./formats.ts";

test.each([
  "10.0.0.1",
  "::1",
  "fd00::3",
  "::ffff:10.0.0.1",
  "web-1",
  "db.internal.example",
  "_srv.example",
  "1.example",
  "a".repeat(63),
])("%s is an address", (text) => {
  expect(isAddress(text)).toBe(true);
});

test.each([
  "",
  " ",
  "10.0.0",
  "10.0.0.256",
  "10.0.0.01",
  "0x7f.1.2.3.4.",
  "2130706433",
  "1.2.3.4.5",
  "fe80::1%eth0",
  "-web",
  "web-",
  "we b",
  "a..b",
  "web.",
  "http://web",
  "web/1",
  "web:80",
  "пример",
  "a".repeat(64),
  `${"a.".repeat(126)}ab`,
  "web\n",
])("%j is no address", (text) => {
  expect(isAddress(text)).toBe(false);
});

test("every IPv4 and IPv6 address is an address", () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => isAddress(text)));
});

test.each([
  ["2026-01-31T12:00:00Z", Date.UTC(2026, 0, 31, 12)],
  ["2026-01-31T12:00:00.5+01:00", Date.UTC(2026, 0, 31, 11, 0, 0, 500)],
  ["1767225600", 1_767_225_600_000],
  ["1767225600.25", 1_767_225_600_250],
  ["0", 0],
])("%s is a moment", (text, expected) => {
  expect(momentMs(text)).toBe(expected);
});

test.each([
  "",
  "now",
  "2026-01-31",
  "2026-01-31T12:00:00",
  "2026-13-01T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "-1",
  "1e9",
  "0x10",
  "12abc",
  "1767225600000",
])("%j is no moment", (text) => {
  expect(momentMs(text)).toBeNull();
});
