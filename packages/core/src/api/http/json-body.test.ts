import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isDeeperThan } from "./json-body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner)));
}

test("the depth of any JSON text is that of its value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.nat(8), (text, levels) => {
      expect(isDeeperThan(bytes(text), levels)).toBe(depthOf(JSON.parse(text)) > levels);
    }),
  );
});

test.each([
  ['["[[[["]', 1],
  ['["\\"[[[["]', 1],
  ['["\\\\"]', 1],
  ['{"{":"}"}', 1],
])("brackets in the texts of %s do not count", (text, depth) => {
  expect(isDeeperThan(bytes(text), depth)).toBe(false);
});
