import { describe, expect, test } from "@jest/globals";
import { labelBlock, seriesBlock } from "./label-block.ts";

describe("labelBlock", () => {
  test("writes names in alphabetical order", () => {
    expect(labelBlock({ name: "web", id: "1" })).toBe('id="1",name="web"');
  });

  test("escapes backslash, quote and newline", () => {
    expect(labelBlock({ name: 'a\\b"c\nd' })).toBe(String.raw`name="a\\b\"c\nd"`);
  });

  test("shows control characters and half surrogates as a replacement character", () => {
    expect(labelBlock({ name: "a\rb\u0000c\u001b[31m\u0085\u2028\ud800" })).toBe(
      'name="a\ufffdb\ufffdc\ufffd[31m\ufffd\ufffd\ufffd"',
    );
  });

  test("leaves other scripts and emoji as they are", () => {
    expect(labelBlock({ name: "sérvér-日本-😀" })).toBe('name="sérvér-日本-😀"');
  });

  test("is empty without labels", () => {
    expect(labelBlock({})).toBe("");
  });
});

describe("seriesBlock", () => {
  test("puts braces around labels and a space behind", () => {
    expect(seriesBlock('id="1"')).toBe('{id="1"} ');
  });

  test("is a space without labels", () => {
    expect(seriesBlock("")).toBe(" ");
  });
});
