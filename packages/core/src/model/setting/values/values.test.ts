import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ValueType } from "../value-type.ts";
import { choice } from "./choice.ts";
import { duration } from "./duration.ts";
import { filePath } from "./file-path.ts";
import { flagSwitch } from "./flag-switch.ts";
import { hostName } from "./host-name.ts";
import { integer } from "./integer.ts";
import { labelPairs, labelsOf } from "./label-pairs.ts";
import { listenAddresses } from "./listen-addresses.ts";
import { mebibytes } from "./mebibytes.ts";
import { pathPatterns } from "./path-patterns.ts";
import { pattern } from "./pattern.ts";
import { token } from "./token.ts";
import { someOf } from "./some-of.ts";
import { urlPath } from "./url-path.ts";

const TYPES: Record<string, ValueType<unknown>> = {
  choice: choice(["one", "two"]),
  duration: duration(0, 86_400_000),
  filePath,
  flagSwitch,
  hostName,
  integer: integer(0, 65_535),
  labelPairs,
  listenAddresses,
  pathPatterns,
  urlPath,
  mebibytes: mebibytes(1, 4096),
  pattern,
  token,
  someOf: someOf(["cpu", "disk"]),
};

function parsed<T>(type: ValueType<T>, text: string): T | "refused" {
  const outcome = type.parse(text, { cwd: "/work-folder" });
  return outcome.ok ? outcome.value : "refused";
}

describe.each(Object.entries(TYPES))("%s", (_, type) => {
  it("never throws, and what it accepts reads back the same when formatted", () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.stringMatching(/^[\w:/.,-]{0,40}$/));

    fc.assert(
      fc.property(anyText, (text) => {
        const value = parsed(type, text);

        if (value !== "refused") expect(parsed(type, type.format(value))).toEqual(value);
      }),
    );
  });
});

describe("an integer", () => {
  it("is every number within the limits and none outside", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 200_000 }), (value) => {
        expect(parsed(integer(1, 65_535), String(value))).toBe(value >= 1 && value <= 65_535 ? value : "refused");
      }),
    );
  });

  it.each(["", "-1", "1.0", "1e3", "0x10", "１", "1 2", "99999999999999999999"])("is not %j", (text) => {
    expect(parsed(integer(0, Number.MAX_SAFE_INTEGER), text)).toBe("refused");
  });
});

describe("a duration", () => {
  it.each([
    ["250ms", 250],
    ["10s", 10_000],
    ["5m", 300_000],
    ["24h", 86_400_000],
    ["14 d", 1_209_600_000],
    ["0s", 0],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parsed(duration(0, 10 ** 10), text)).toBe(milliseconds);
  });

  it.each(["10", "s", "1.5h", "10S", "-5s", "1h30m", "5 minutes", "999999999999d"])("is not %j", (text) => {
    expect(parsed(duration(0, 10 ** 10), text)).toBe("refused");
  });

  it("reads back as it was formatted", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (milliseconds) => {
        const type = duration(0, 10 ** 10);

        expect(parsed(type, type.format(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  it("enforces and reports its limits", () => {
    const type = duration(1000, 60_000);

    expect(parsed(type, "999ms")).toBe("refused");
    expect(parsed(type, "61s")).toBe("refused");
    expect(type.wanted).toBe("a duration such as 10s, 5m or 250ms (1s to 1m)");
  });
});

describe("a size", () => {
  it("is in MiB or GiB, never without a unit", () => {
    expect(parsed(mebibytes(1, 4096), "256MiB")).toBe(256);
    expect(parsed(mebibytes(1, 4096), "2GiB")).toBe(2048);
    expect(parsed(mebibytes(1, 4096), "256")).toBe("refused");
    expect(parsed(mebibytes(1, 4096), "256MB")).toBe("refused");
  });
});

describe("a switch", () => {
  it("is one of the usual words", () => {
    expect(["true", "YES", "on", "1"].map((text) => parsed(flagSwitch, text))).toEqual([true, true, true, true]);
    expect(["false", "No", "off", "0"].map((text) => parsed(flagSwitch, text))).toEqual([false, false, false, false]);
    expect(parsed(flagSwitch, "maybe")).toBe("refused");
  });
});

describe("an expression", () => {
  it("is not anchored, and matches nothing when empty", () => {
    expect(parsed(pattern, "da")).toEqual(/da/);
    expect((parsed(pattern, "") as RegExp).test("")).toBe(false);
    expect(pattern.format(/^\/dev\\\/$/)).toBe(String.raw`^/dev\\/$`);
  });

  it("is refused when it cannot be compiled or is too long", () => {
    expect(parsed(pattern, "(")).toBe("refused");
    expect(parsed(pattern, "a".repeat(1025))).toBe("refused");
  });
});

describe("a host", () => {
  it.each(["127.0.0.1", "::1", "fe80::1", "localhost", "db-1.example", "under_score"])("is %s", (text) => {
    expect(parsed(hostName, text)).toBe(text);
  });

  it.each(["", "256.0.0.1", "1.2.3", "-a", "a-", "a..b", "a b", "http://a", "a:80", "x".repeat(64)])(
    "is not %j",
    (text) => {
      expect(parsed(hostName, text)).toBe("refused");
    },
  );
});

describe("addresses to listen on", () => {
  it.each([
    ["", []],
    [":9100", [":9100"]],
    ["127.0.0.1:9100, [::1]:9100,localhost:0,:9100,:9100", ["127.0.0.1:9100", "[::1]:9100", "localhost:0", ":9100"]],
  ])("%j is accepted", (text, addresses) => {
    expect(parsed(listenAddresses, text)).toEqual(addresses);
  });

  it.each(["9100", "::1:9100", ":65536", ":", "a b:1", "http://x:1", "999.1.1.1:80"])("%j is refused", (text) => {
    expect(parsed(listenAddresses, text)).toBe("refused");
  });
});

describe("labels", () => {
  it("are names and values", () => {
    const pairs = parsed(labelPairs, "a=b, team=c d=e,");

    expect(pairs).toEqual(["a=b", "team=c d=e"]);
    expect(labelsOf(pairs as string[])).toEqual({ a: "b", team: "c d=e" });
  });

  it.each(["a", "a=", "=b", "1a=b", "a-b=c", "__a=b", "a=b,a=c", "a=b\nc"])("%j is refused", (text) => {
    expect(parsed(labelPairs, text)).toBe("refused");
  });
});

describe("the path of a URL", () => {
  it.each(["/metrics", "/a/b-c_d.e~f"])("%j is accepted", (text) => expect(parsed(urlPath, text)).toBe(text));

  it.each(["", "/", "metrics", "/metrics/", "/a b", "/a?b", "/:id", "//a", "/*", "/%41"])("%j is refused", (text) => {
    expect(parsed(urlPath, text)).toBe("refused");
  });
});

describe("patterns of paths", () => {
  it("are resolved against the working folder", () => {
    expect(parsed(pathPatterns, "/a/*.d, b,")).toEqual(["/a/*.d", "/work-folder/b"]);
  });
});

describe("a token", () => {
  it("has 16 to 256 visible characters", () => {
    expect(parsed(token, "x".repeat(16))).toBe("x".repeat(16));
    expect(parsed(token, "x".repeat(15))).toBe("refused");
    expect(parsed(token, "x".repeat(257))).toBe("refused");
    expect(parsed(token, "x".repeat(16) + " ")).toBe("refused");
    expect(parsed(token, "ü".repeat(16))).toBe("refused");
  });
});

describe("a list", () => {
  it("may be empty and names each thing once", () => {
    expect(parsed(someOf(["cpu", "disk"]), "")).toEqual([]);
    expect(parsed(someOf(["cpu", "disk"]), "cpu, disk,cpu")).toEqual(["cpu", "disk"]);
    expect(parsed(someOf(["cpu", "disk"]), "cpu,,disk")).toBe("refused");
    expect(parsed(someOf(["cpu", "disk"]), "cpu,disc")).toBe("refused");
  });
});

describe("a path", () => {
  it("becomes absolute", () => {
    expect(parsed(filePath, "./var")).toBe("/work-folder/var");
    expect(parsed(filePath, "/srv/../x")).toBe("/x");
    expect(parsed(filePath, " ")).toBe("refused");
    expect(parsed(filePath, "a\0b")).toBe("refused");
  });
});
