import { describe, expect, test } from "@jest/globals";
import { parseId } from "./numbers.ts";

describe("ids", () => {
  test.each(["-1", "1.0", "1e3", "web-1", "", "99999999999"])("%j is refused", (text) => {
    expect(() => parseId(text)).toThrow(/is not an id/);
  });
});
