import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FINDER_LIMITS } from "./target-finder.ts";
import { itemsOf, TargetGroupReader } from "./target-groups.ts";

const reader = () => new TargetGroupReader(async () => {});
const read = (value: unknown) => reader().read(JSON.stringify(value), {});

describe("the items of a JSON array", () => {
  test("are those that JSON.parse finds, whatever they are and however they are written", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 10 })), fc.constantFrom(undefined, 2, "\t"), (values, indent) => {
        const text = ` ${JSON.stringify(values, null, indent)}\n`;

        expect([...itemsOf(text)].map((item) => JSON.parse(item) as unknown)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("a text that is cut off anywhere is no array of whole items", () => {
    const text = '[{"targets":["a:1"],"labels":{"x":"]}\\"["}},{"targets":[]}]';
    for (let length = 0; length < text.length; length++) {
      expect(() => [...itemsOf(text.slice(0, length))].map((item) => JSON.parse(item) as unknown)).toThrow();
    }
  });

  test("that are nested deeply, or are very long, are refused", () => {
    expect(() => [...itemsOf("[".repeat(1_000_000))]).toThrow("nested more than 32 levels");
    expect(() => [...itemsOf(`["${"x".repeat(5_000_000)}"]`)]).toThrow("longer than 4 MiB");
  });

  test.each(["", "{}", "[] []", "[1]x", '"x"'])("%j is refused", (text) => {
    expect(() => [...itemsOf(text)]).toThrow();
  });
});

describe("target groups", () => {
  test("keep their targets and labels, and get those of their source", async () => {
    const groups = await reader().read('[{"targets":["a:1","b:2"],"labels":{"x":"1"}},{"targets":["c:3"]}]', {
      y: "2",
    });

    expect(groups).toEqual([
      { targets: ["a:1", "b:2"], labels: { x: "1", y: "2" } },
      { targets: ["c:3"], labels: { y: "2" } },
    ]);
  });

  test("that did not change are the same objects as before", async () => {
    const one = reader();
    const [a, b] = await one.read('[{"targets":["a:1"]},{"targets":["b:2"]}]', {});
    const again = await one.read('[{"targets":["b:2"]}, {"targets":["c:3"]}, {"targets":["a:1"]}]', {});

    expect(again[0]).toBe(b);
    expect(again[2]).toBe(a);
  });

  test.each([
    [[1], "group 1: wanted {targets, labels}"],
    [[{ targets: ["a:1"] }, { targets: "a:1" }], "group 2: targets must be a list of addresses"],
    [[{ targets: [""] }], "group 1: targets must be a list of addresses"],
    [[{ targets: [], label: {} }], "group 1: unknown key"],
    [[{ labels: [] }], "group 1: labels must be an object"],
    [[{ labels: { a: 1 } }], "group 1: the values of labels must be strings"],
    [[{ labels: { "a-b": "1" } }], "group 1: a name of a label is invalid"],
    [[{ labels: { a: "x".repeat(70_000) } }], "group 1: more than 64 KiB of labels"],
    [[{ labels: Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`a${i}`, ""])) }], "more than 128 labels"],
  ])("%.60j is refused, with what is wrong", async (value, message) => {
    await expect(read(value)).rejects.toThrow(message);
  });

  test("more targets than the limit are refused", async () => {
    const targets = Array.from({ length: 1_000 }, (_, i) => `h:${i}`);
    const groups = Array.from({ length: FINDER_LIMITS.targetsMax / 1_000 + 1 }, (_, i) => ({
      targets,
      labels: { i: `${i}` },
    }));

    await expect(read(groups)).rejects.toThrow("more than 200000 targets");
  });
});
