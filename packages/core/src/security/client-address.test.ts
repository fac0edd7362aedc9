import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { clientAddress, LOOPBACK_CLIENT } from "./client-address.ts";

test.each(["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])(
  "%s is this machine",
  (address) => {
    expect(clientAddress(address)).toBe(LOOPBACK_CLIENT);
  },
);

test.each([
  ["an IPv4 address and its form mapped to IPv6", "192.0.2.7", "::ffff:192.0.2.7"],
  ["two addresses of one /64", "2001:db8:1:2::1", "2001:db8:1:2:aaaa:bbbb:cccc:dddd"],
  ["two spellings of an IPv6 address", "2001:0DB8:0001:0002::1", "2001:db8:1:2:0:0:0:1"],
  ["a link-local address with and without its interface", "fe80::1%eth0", "fe80::1"],
  ["zeros in the prefix, written and left out", "2001:db8::5", "2001:db8:0:0:1:2:3:4"],
])("%s are one client", (_words, one, other) => {
  expect(clientAddress(one)).toBe(clientAddress(other));
});

test.each([
  ["two IPv4 addresses", "192.0.2.7", "192.0.2.8"],
  ["two mapped ones", "::ffff:192.0.2.7", "::ffff:192.0.2.8"],
  ["two /64", "2001:db8:1:2::1", "2001:db8:1:3::1"],
  ["an IPv4 address and an IPv6 address that ends like it", "192.0.2.7", "2001:db8::192.0.2.7"],
])("%s are two clients", (_words, one, other) => {
  expect(clientAddress(one)).not.toBe(clientAddress(other));
});

test("the host part of an IPv6 address never counts, its /64 always does", () => {
  const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
  const four = fc.tuple(group, group, group, group).map((groups) => groups.join(":"));

  fc.assert(
    fc.property(four, four, four, (prefix, host, otherHost) => {
      expect(clientAddress(`${prefix}:${host}`)).toBe(clientAddress(`${prefix}:${otherHost}`));
      expect(clientAddress(`${prefix}::1`)).toBe(`${prefix}::/64`);
    }),
  );
});

test("a closed connection has no address, but still counts as a client", () => {
  expect(clientAddress(undefined)).toBe("");
});
