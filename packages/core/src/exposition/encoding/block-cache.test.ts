import { expect, test } from "@jest/globals";
import { BlockCache } from "./block-cache.ts";

test("returns the same block for the same labels, with numbers as text", () => {
  const blocks = new BlockCache();

  expect(blocks.of({ le: 0.5, route: "/" })).toBe('{le="0.5",route="/"} ');
  expect(blocks.of({ le: 0.5, route: "/" })).toBe('{le="0.5",route="/"} ');
  expect(blocks.of({})).toBe(" ");
});

test("distinguishes labels that look alike when concatenated", () => {
  const blocks = new BlockCache();

  expect(blocks.of({ a: "b\nc", d: "e" })).not.toBe(blocks.of({ a: "b", "c\nd": "e" }));
});

test("serves more blocks than it remembers", () => {
  const blocks = new BlockCache();

  const served = Array.from({ length: 10_000 }, (_, index) => blocks.of({ index }));

  expect(new Set(served).size).toBe(10_000);
});
