import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { LabelTexts } from "./label-texts.ts";
import { labelBlock } from "../../model/label-text.ts";

test("a valid name is kept, and so is the first of those that look the same", () => {
  const texts = new LabelTexts();

  const claimed = ["eth0", "caf\xc3\xa9", "cave\xe9", "cave\xe8", "cave\x01", "cave\xc2\x85"].map((name) =>
    texts.claim(name),
  );

  expect(claimed).toEqual([
    "eth0",
    "café",
    "cave\uFFFD",
    "cave\uFFFD<E8>",
    "cave\uFFFD<1>",
    "cave\uFFFD<C2>\uFFFD<85>",
  ]);
});

test("a text is released when its name is removed", () => {
  const texts = new LabelTexts();
  texts.release(texts.claim("veth\xff"));

  expect(texts.claim("veth\xfe")).toBe("veth\uFFFD");
});

test("no two names have the same label", () => {
  const pieces = fc.constantFrom(
    "a",
    "\xe8",
    "\xe9",
    "\xc3\xa9",
    "\xef\xbf\xbd",
    "<E8>",
    "\x01",
    "\xc2\x85",
    "\t",
    "\n",
    "#2",
  );
  const names = fc.uniqueArray(fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join("")));

  fc.assert(
    fc.property(names, (all) => {
      const texts = new LabelTexts();
      const labels = all.map((name) => labelBlock({ name: texts.claim(name) }));
      expect(new Set(labels).size).toBe(all.length);
    }),
  );
});
