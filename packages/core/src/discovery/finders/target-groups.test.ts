import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FINDER_LIMITS } from "./target-finder.ts";
import { TargetGroupReader } from "./target-groups.ts";

const reader = () => new TargetGroupReader(async () => {});
const read = (value: unknown) => reader().read(Buffer.from(JSON.stringify(value)), {});

describe("target groups", () => {
  test("keep their targets and labels, and get those of their source", async () => {
    const groups = await reader().read(
      Buffer.from('[{"targets":["a:1","b:2"],"labels":{"x":"1"}},{"targets":["c:3"]}]'),
      { y: "2" },
    );

    expect(groups).toEqual([
      { targets: ["a:1", "b:2"], labels: { x: "1", y: "2" } },
      { targets: ["c:3"], labels: { y: "2" } },
    ]);
  });

  test("are what a new reader reads, whatever was read before", async () => {
    const group = fc.record({
      targets: fc.array(fc.constantFrom("a:1", "b:2", "ü:3")),
      labels: fc.constantFrom({}, { x: "]" }),
    });
    const list = fc.array(group, { maxLength: 20 });
    const indent = fc.constantFrom(undefined, 1);
    await fc.assert(
      fc.asyncProperty(list, list, indent, async (before, after, space) => {
        const one = reader();
        await one.read(Buffer.from(JSON.stringify(before, null, space)), {});
        const text = Buffer.from(JSON.stringify(after, null, space));

        expect(await one.read(text, {})).toEqual(await reader().read(text, {}));
      }),
    );
  });

  const addresses = Array.from({ length: 100 }, (_, i) => `h${i}:1`);
  test.each([
    ["one changed", addresses.with(50, "new:1"), 1],
    ["one is gone", addresses.toSpliced(50, 1), 8],
    ["some are new in front", ["new:1", "new:2", ...addresses], 8],
    ["their order is another", addresses.toReversed(), 8],
  ])("that did not change are the same objects as before where %s, but for a few", async (_, now, newAtMost) => {
    const one = reader();
    const bytesOf = (list: readonly string[]) => Buffer.from(JSON.stringify(list.map((each) => ({ targets: [each] }))));
    const before = new Set(await one.read(bytesOf(addresses), {}));
    const groups = await one.read(bytesOf(now), {});

    expect(groups.map(({ targets }) => targets[0])).toEqual(now);
    expect(groups.filter((each) => !before.has(each)).length).toBeLessThanOrEqual(newAtMost);
  });

  test("a list that cannot be read leaves those that were read before", async () => {
    const one = reader();
    const text = Buffer.from('[{"targets":["a:1"]}]');
    const first = await one.read(text, {});
    await expect(one.read(Buffer.from('[{"targets":["a:1"]}x]'), {})).rejects.toThrow("does not end");

    expect((await one.read(text, {}))[0]).toBe(first[0]);
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
