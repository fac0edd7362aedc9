import { describe, expect, test } from "@jest/globals";
import { once } from "./once.ts";

describe("once", () => {
  test("an option that is given twice is refused by name", () => {
    const coerce = once("--limit", Number) as (value: unknown) => number;

    expect(() => coerce(["1", "2"])).toThrow("--limit is given twice");
  });
});
