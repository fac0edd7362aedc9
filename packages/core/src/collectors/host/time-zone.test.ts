import { expect, test } from "@jest/globals";
import { TimeZone, zoneName } from "./time-zone.ts";

const WINTER = Date.UTC(2026, 0, 1);

test.each([
  ["UTC", 0, "UTC"],
  ["Europe/Paris", 3600, "CET"],
  ["America/New_York", -18_000, "EST"],
  ["Asia/Tashkent", 18_000, "+05"],
  ["Asia/Kathmandu", 20_700, "+0545"],
  ["America/St_Johns", -12_600, "-0330"],
])("%s (%d s) is called %s at the same spot of the year", (timeZone, offsetSeconds, name) => {
  expect(zoneName(WINTER, offsetSeconds, timeZone)).toBe(name);
});

test("gives the process's own offset, and the same label block while it lasts", () => {
  const zone = new TimeZone();

  const now = zone.at(WINTER);

  expect(now.offsetSeconds).toBe(new Date(WINTER).getTimezoneOffset() * -60 || 0);
  expect(now.labels).toMatch(/^time_zone="[A-Z+\-0-9]+"$/);
  expect(zone.at(WINTER + 1000)).toBe(now);
});
