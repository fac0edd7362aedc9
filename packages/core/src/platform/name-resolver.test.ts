import { expect, test } from "@jest/globals";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { NameResolver, parseHosts, parseResolvConf } from "./name-resolver.ts";

test("hosts(5): names of any case, several per line, comments, several addresses of a name", () => {
  const text = "# comment\n127.0.0.1 localhost Web-1 # web\n::1\tlocalhost\nnot-an-address name\n\n10.0.0.1\n";

  expect([...parseHosts(text)]).toEqual([
    ["localhost", ["127.0.0.1", "::1"]],
    ["web-1", ["127.0.0.1"]],
  ]);
});

test.each([
  ["", [], 1],
  ["nameserver 10.0.0.2\nsearch a.example b.example\noptions timeout:1 ndots:5\n", ["a.example", "b.example"], 5],
  ["domain first.example\nsearch last.example ; comment\n", ["last.example"], 1],
  ["search .\noptions ndots:99\n", [], 15],
])("resolver(5): %j", (text, search, ndots) => {
  expect(parseResolvConf(text)).toEqual({ search, ndots });
});

test("a name in the hosts file has the address that stands there, an address is its own", async () => {
  const resolver = new NameResolver(new ManualClock());

  expect(await resolver.resolve("localhost")).toContain("127.0.0.1");
  expect(await resolver.resolve("fd12::1")).toEqual(["fd12::1"]);
});
