import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FIXTURES, collectOnce, damaged, filesOfTest, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";
import { UptimeCollector, parseUptime } from "./uptime.ts";

test("reads the first number", () => {
  expect(parseUptime("350735.47 234388.90\n")).toBe(350_735.47);
});

test.each(["", "\n5\n", "-1 2\n", "up 5\n"])("%p is refused", (text) => {
  expect(() => parseUptime(text)).toThrow("decimal number");
});

test("any text gives a finite number, or a refusal", () => {
  fc.assert(
    fc.property(damaged("proc/uptime"), (text) => {
      const seconds = valuesOrRefusal(() => parseUptime(text)) ?? 0;

      expect(seconds >= 0 && Number.isFinite(seconds)).toBe(true);
    }),
  );
});

test("serves it as series and as column", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  const collector = new UptimeCollector(files.file("uptime"));

  const out = collectOnce(collector, tickAt(0));

  expect(out.core("uptime_seconds")).toBe(350_735.47);
  expect(out.samples.get("node_uptime_seconds")).toBe(350_735.47);
});
