import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";

test("a cursor survives in a URL, whatever the name in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer(), (key, id) => {
      const text = encodeCursor({ sort: "name", key, id });

      expect(encodeURIComponent(text)).toBe(text);
      expect(decodeCursor(text)).toEqual({ sort: "name", key, id });
    }),
  );
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test.each([
  ["nothing", ""],
  ["no base64url", "!!!"],
  ["no list", encoded({ sort: "id" })],
  ["an unknown sort", encoded(["__proto__", 0, 1])],
  ["a key of the wrong type", encoded(["name", 5, 1])],
  ["an id that is no whole number", encoded(["id", 0, 1.5])],
])("%s is no cursor", (_words, text) => {
  expect(decodeCursor(text)).toBeNull();
});
