import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { TextScanner } from "./text-scanner.ts";

test("iterates over the words and numbers of a line, within the line", () => {
  const scan = new TextScanner("  sda \t12 3\nsdb 4\n");

  expect([scan.word(), scan.number(), scan.number(), scan.number(), scan.word()]).toEqual([
    "sda",
    12,
    3,
    Number.NaN,
    "",
  ]);
  scan.nextLine();
  expect([scan.word(), scan.number()]).toEqual(["sdb", 4]);
  scan.nextLine();
  expect(scan.done).toBe(true);
});

test.each(["-1", "+1", "1.5", "1e3", "0x10", "Infinity", "12kB", "\u0661"])(
  "%s is no number, and is passed over",
  (word) => {
    const scan = new TextScanner(`${word} 7`);

    expect([scan.number(), scan.number()]).toEqual([Number.NaN, 7]);
  },
);

test("a name may stand directly before what follows its mark", () => {
  const scan = new TextScanner(" eth0:17 4\nno mark\nlast:\n");

  expect([scan.before(":"), scan.number()]).toEqual(["eth0", 17]);
  scan.nextLine();
  expect(scan.before(":")).toBe("");
});

test("reads whole numbers of any length as exactly as a double can", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), (numbers) => {
      const scan = new TextScanner(numbers.join(" "));

      expect(numbers.map(() => scan.number())).toEqual(numbers.map(Number));
    }),
  );
});

test("returns the words of any text as by splitting at spaces", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const lines: string[][] = [];
      for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
        const words: string[] = [];
        for (let word = scan.word(); word !== ""; word = scan.word()) words.push(word);
        lines.push(words);
      }
      const split = text.split("\n").map((line) => line.split(/[ \t]+/).filter((word) => word !== ""));

      expect(lines).toEqual(text.endsWith("\n") || text === "" ? split.slice(0, -1) : split);
    }),
  );
});
