import { expect, test } from "@jest/globals";
import { seriesBlock } from "./series-block.ts";

test("puts braces around labels and a space after them", () => {
  expect(seriesBlock('id="1"')).toBe('{id="1"} ');
});

test("is a space without labels", () => {
  expect(seriesBlock("")).toBe(" ");
});
