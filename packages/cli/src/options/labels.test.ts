import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseLabels } from "./labels.ts";

describe("labels", () => {
  test("any value is preserved, including further equals signs", () => {
    fc.assert(fc.property(fc.string(), (value) => expect(parseLabels([`zone=${value}`])).toEqual({ zone: value })));
  });

  test.each([[["zone"]], [["=a"]], [["zone=a", "zone=b"]]])("%j is refused", (pairs) => {
    expect(() => parseLabels(pairs)).toThrow(/is not a label|given twice/);
  });
});
