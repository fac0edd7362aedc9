import { expect, test } from "@jest/globals";
import { labelBlock } from "../../model/label-text.ts";
import { NamedLabels } from "./named-labels.ts";

test("names are shown as UTF-8, and two that are not have labels of their own while both exist", () => {
  const labels = new NamedLabels((device) => labelBlock({ device }));
  const read = (...names: readonly string[]) => {
    const blocks = names.map((name) => labels.get(name));
    labels.endReading();
    return blocks;
  };

  expect(read("md_\xc3\xa9")).toEqual(['device="md_\u00e9"']);
  expect(read("a\xe8", "a\xe9")).toEqual(['device="a\uFFFD"', 'device="a\uFFFD<E9>"']);
  expect(read("a\xe9")).toEqual(['device="a\uFFFD<E9>"']);
  read();
  expect(read("a\xe9")).toEqual(['device="a\uFFFD"']);
});
