import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { plainFields } from "./log-fields.ts";

describe("facts", () => {
  it("stay as they are when JSON can say them", () => {
    const fields = { text: "a", number: 1.5, yes: true, nothing: null, list: [1, "b"], nested: { deep: { er: 1 } } };

    expect(plainFields(fields)).toEqual(fields);
  });

  it("become plain JSON whatever they are, in at most 700 KiB", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });

    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (fields) => {
        const json = JSON.stringify(plainFields(fields));

        expect(json.length).toBeLessThan(700 * 1024);
      }),
    );
  });

  it("are cut at 1 KiB, and say by how much", () => {
    expect(plainFields({ text: "x".repeat(1_000_000) })).toEqual({ text: `${"x".repeat(1024)}...(998976 more)` });
  });

  it("are bounded in width, depth and number", () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`fact${index}`, index]));
    const deep = { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } };
    const many = Object.fromEntries(Object.keys(wide).map((name) => [name, Array.from({ length: 100 }, () => 1)]));

    expect(plainFields(wide)).toMatchObject({ fact63: 63, "...": "36 more" });
    expect(JSON.stringify(plainFields(deep))).toContain("[too deep]");
    expect(JSON.stringify(plainFields(many)).length).toBeLessThan(10_000);
  });

  it("may be circular, or refuse to be read", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle["self"] = circle;
    const hostile = Object.defineProperty({}, "trap", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();

    expect(plainFields({ circle })).toEqual({ circle: { name: "circle", self: "[circular]" } });
    expect(plainFields({ hostile, proxy: revoked.proxy })).toEqual({
      hostile: { trap: "[unreadable]" },
      proxy: "[unreadable]",
    });
  });

  it("show numbers that JSON lacks", () => {
    expect(plainFields({ a: Number.NaN, b: -Infinity, c: 10n, d: new Float64Array(2) })).toEqual({
      a: "NaN",
      b: "-Infinity",
      c: "10",
      d: "[16 bytes]",
    });
  });

  it("show an error with code, stack and causes", () => {
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });

    const { error } = plainFields({ error: new TypeError("no database", { cause }) });

    expect(error).toMatchObject({
      name: "TypeError",
      message: "no database",
      stack: expect.stringMatching(/^at /),
      cause: { name: "Error", message: "refused", code: "ECONNREFUSED" },
    });
  });

  it("hide fields named like a secret, and passwords in URLs, truncated or not", () => {
    const url = "postgresql://me:canary@db/metrics";
    const plain = plainFields({ apiToken: "canary", password: "canary", url, error: new Error(`cannot reach ${url}`) });
    const cut = plainFields({ url: `${"x".repeat(1000)}://me:canary-canary-canary-canary@db` });

    expect(JSON.stringify([plain, cut])).not.toContain("canary");
    expect(plain["url"]).toBe("postgresql://me:***@db/metrics");
  });
});
