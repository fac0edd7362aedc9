import { describe, expect, test } from "@jest/globals";
import type { RelabelConfig } from "../../model/discovery-jobs.ts";
import { RELABEL_DEFAULTS } from "../../model/discovery-jobs.ts";
import { expand, GoPattern } from "./go-pattern.ts";
import { Relabelling } from "./relabel.ts";

async function apply(labels: Record<string, string>, ...rules: Partial<RelabelConfig>[]) {
  const set = new Map(Object.entries(labels));
  const relabelling = await Relabelling.of(rules.map((rule) => ({ ...RELABEL_DEFAULTS, ...rule })));
  return relabelling.apply(set) ? Object.fromEntries(set) : null;
}

describe("a rule", () => {
  test("replaces a label by a part of others, and removes it when nothing is left", async () => {
    expect(
      await apply(
        { a: "x1", b: "y", c: "z" },
        { sourceLabels: ["a", "b"], separator: "-", regex: "x(\\d)-(.)", targetLabel: "c", replacement: "$2$1" },
        { sourceLabels: ["none"], targetLabel: "b" },
      ),
    ).toEqual({ a: "x1", c: "y1" });
  });

  test("that does not match, or whose template gives no name, changes nothing", async () => {
    expect(
      await apply(
        { a: "web-1" },
        { sourceLabels: ["a"], regex: "web", targetLabel: "b", replacement: "yes" },
        { sourceLabels: ["a"], regex: "web-(.)", targetLabel: "9$1", replacement: "yes" },
      ),
    ).toEqual({ a: "web-1" });
  });

  test.each([
    ["keep", "web|db", { role: "web" }, true],
    ["keep", "web|db", { role: "webs" }, false],
    ["keep", ".+", {}, false],
    ["drop", "web", { role: "web" }, false],
    ["drop", "web", {}, true],
    ["keepequal", "(.*)", { role: "web", same: "web" }, true],
    ["keepequal", "(.*)", { role: "web" }, false],
    ["dropequal", "(.*)", {}, false],
    ["dropequal", "(.*)", { role: "web" }, true],
  ] as const)("%s %s of %j keeps it: %p", async (action, regex, labels, isKept) => {
    const rule = { action, regex, sourceLabels: ["role"], targetLabel: "same" };

    expect(await apply({ ...labels }, rule)).toEqual(isKept ? labels : null);
  });

  test("hashes as Prometheus does", async () => {
    const rule = { action: "hashmod", sourceLabels: ["c"], targetLabel: "d", modulus: 1_000 } as const;

    // The example of Prometheus' own documentation of its tests: md5 of "baz", the last eight bytes.
    expect(await apply({ c: "baz" }, rule)).toEqual({ c: "baz", d: "976" });
  });

  test("maps, drops and keeps labels by their names", async () => {
    const labels = { __meta_zone: "a", __meta_: "b", role: "web" };

    expect(await apply({ ...labels }, { action: "labelmap", regex: "__meta_(.+)" })).toEqual({ ...labels, zone: "a" });
    expect(await apply({ ...labels }, { action: "labeldrop", regex: "__meta_.*" })).toEqual({ role: "web" });
    expect(await apply({ ...labels }, { action: "labelkeep", regex: "role" })).toEqual({ role: "web" });
  });

  test("takes time in proportion to the text, whatever the expression", async () => {
    const text = "a".repeat(20_000);

    expect(await apply({ a: text }, { action: "keep", sourceLabels: ["a"], regex: "(a+)+b" })).toBeNull();
  });
});

test.each([
  ["$1-${2}-$name-${name}", "first-second-first-first"],
  ["$$1 $", "$1 $"],
  ["$1x$9${nothing}.", "."],
  ["no reference", "no reference"],
])("the template %j is expanded as Go does: %j", async (template, text) => {
  const pattern = await GoPattern.compile("(?P<name>\\w+) (\\w+)");

  expect(expand(template, pattern.match("first second")!)).toBe(text);
});

test("what is no expression of RE2 is refused", async () => {
  await expect(GoPattern.compile("(?=x)")).rejects.toThrow();
  await expect(GoPattern.compile("(")).rejects.toThrow();
});
