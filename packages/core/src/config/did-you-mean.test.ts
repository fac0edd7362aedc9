import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { didYouMean, editDistance } from "./did-you-mean.ts";

const word = fc.string({ maxLength: 12 });

describe("a suggestion", () => {
  it("is the nearest candidate, whatever its case", () => {
    expect(didYouMean("HTTP.prot", ["http.host", "http.port"])).toBe('; did you mean "http.port"?');
  });

  it("is not made when nothing is close", () => {
    expect(didYouMean("zzzzzz", ["http.host", "http.port"])).toBe("");
  });
});

describe("the edit distance", () => {
  it("counts insertions, removals and replacements", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
  });

  it("is a metric: 0 only for equals, symmetric, no detour is shorter", () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
