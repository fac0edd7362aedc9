import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { JsonItems } from "./json-items.ts";

function parsedItems(text: string): unknown[] {
  const bytes = Buffer.from(text);
  const items = new JsonItems(bytes);
  const parsed: unknown[] = [];
  for (let start = items.next(); start !== null; start = items.next()) {
    const end = items.endOf(start);
    parsed.push(JSON.parse(bytes.toString("utf8", start, end)));
    items.pass(end);
  }
  return parsed;
}

describe("the items of a JSON array", () => {
  test("are those that JSON.parse finds, whatever they are and however they are written", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 10 })), fc.constantFrom(undefined, 2, "\t"), (values, indent) => {
        const text = ` ${JSON.stringify(values, null, indent)}\n`;

        expect(parsedItems(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("a text that is cut off anywhere is no array of whole items", () => {
    const text = '[{"targets":["a:1"],"labels":{"x":"]}\\"["}},{"targets":[]}]';
    for (let length = 0; length < text.length; length++) {
      expect(() => parsedItems(text.slice(0, length))).toThrow();
    }
  });

  test("that are nested deeply, or are very long, are refused", () => {
    expect(() => parsedItems("[".repeat(1_000_000))).toThrow("nested more than 32 levels");
    expect(() => parsedItems(`["${"x".repeat(5_000_000)}"]`)).toThrow("longer than 4 MiB");
  });

  test.each(["", "{}", "[] []", "[1]x", '"x"'])("%j is refused", (text) => {
    expect(() => parsedItems(text)).toThrow();
  });
});
