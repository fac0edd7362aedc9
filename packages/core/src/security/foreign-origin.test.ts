import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isForeignOrigin } from "./foreign-origin.ts";

describe("a request is accepted when it comes", () => {
  test.each([
    ["from a program, which names no origin", undefined, "localhost:8080", undefined],
    ["from a page of the daemon", "http://localhost:8080", "localhost:8080", "same-origin"],
    ["from such a page in a browser that says no more", "http://localhost:8080", "localhost:8080", undefined],
    ["with the default port left out of the origin", "http://monitor.example", "monitor.example:80", undefined],
    ["through a proxy that ends TLS", "https://monitor.example", "monitor.example", "same-origin"],
    ["through one that names the default port", "https://monitor.example", "monitor.example:443", undefined],
    ["with a name in other case", "http://LocalHost:8080", "localhost:8080", undefined],
    ["from an IPv6 address", "http://[::1]:8080", "[::1]:8080", undefined],
    ["from an IPv6 address in another spelling", "http://[0:0:0:0:0:0:0:1]:8080", "[::1]:8080", undefined],
    ["from a name that ends in a dot", "http://monitor.example.:8080", "monitor.example.:8080", undefined],
    ["from the address line of a browser", undefined, "localhost:8080", "none"],
  ])("%s", (_words, origin, host, fetchSite) => {
    expect(isForeignOrigin({ origin, host, fetchSite })).toBe(false);
  });
});

describe("a request is foreign when it comes", () => {
  test.each([
    ["from a page of another name", "https://evil.example", "localhost:8080", undefined],
    ["from a sandboxed frame or a file", "null", "localhost:8080", undefined],
    ["from NULL in capitals", "NULL", "null", undefined],
    ["from another port of this machine", "http://localhost:3000", "localhost:8080", "same-site"],
    ["from the default port", "http://localhost", "localhost:8080", undefined],
    ["from the other name of this machine", "http://127.0.0.1:8080", "localhost:8080", undefined],
    ["from a name with another ending", "http://localhost:8080.evil.example", "localhost:8080", undefined],
    ["from a name with a dot more", "http://localhost.:8080", "localhost:8080", undefined],
    ["from a user at a name", "http://localhost:8080@evil.example", "localhost:8080", undefined],
    ["from an origin with a path", "http://localhost:8080/", "localhost:8080", undefined],
    ["from two origins", "http://localhost:8080, http://evil.example", "localhost:8080", undefined],
    [
      "from two origins with a blank between",
      "http://localhost:8080 http://localhost:8080",
      "localhost:8080",
      undefined,
    ],
    ["from an extension of the browser", "chrome-extension://localhost:8080", "localhost:8080", undefined],
    ["from an empty origin", "", "localhost:8080", undefined],
    ["with an origin and no host", "http://localhost:8080", undefined, undefined],
    ["with a host that names a user", "http://localhost:8080", "evil@localhost:8080", undefined],
    ["from another site, says the browser", "http://localhost:8080", "localhost:8080", "cross-site"],
    ["from another site, in capitals", undefined, "localhost:8080", "Cross-Site"],
    ["from the same site without an origin", undefined, "localhost:8080", "same-site"],
    ["from a place that is not known yet", undefined, "localhost:8080", "other-planet"],
  ])("%s", (_words, origin, host, fetchSite) => {
    expect(isForeignOrigin({ origin, host, fetchSite })).toBe(true);
  });

  test("from any host and port but its own", () => {
    const authority = fc
      .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }))
      .map(([name, port]) => (port === undefined ? name : `${name}:${port}`));
    const scheme = fc.constantFrom("http", "https");

    fc.assert(
      fc.property(scheme, authority, authority, (protocol, from, to) => {
        const origin = new URL(`${protocol}://${from}`).origin;
        const isSame = new URL(origin).host === new URL(`${protocol}://${to}`).host;

        expect(isForeignOrigin({ origin, host: to, fetchSite: undefined })).toBe(!isSame);
        expect(isForeignOrigin({ origin, host: from, fetchSite: undefined })).toBe(false);
      }),
    );
  });

  test("from any text that is no origin", () => {
    fc.assert(
      fc.property(fc.string(), (origin) => {
        fc.pre(!/^https?:\/\//i.test(origin));
        expect(isForeignOrigin({ origin, host: "localhost", fetchSite: "same-origin" })).toBe(true);
      }),
    );
  });
});
