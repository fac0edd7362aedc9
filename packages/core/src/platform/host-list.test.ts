import { expect, test } from "@jest/globals";
import { isInHostList, problemOfHostEntry } from "./host-list.ts";

test.each([
  ["web-1.example.com", "WEB-1.example.com.", true],
  ["web-1.example.com", "x.web-1.example.com", false],
  ["*.example.com", "a.b.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", "evil-example.com", false],
  ["10.0.0.5", "10.0.0.5", true],
  ["10.0.0.0/8", "10.9.9.9", true],
  ["10.0.0.0/8", "11.0.0.1", false],
  ["10.0.0.0/8", "10.example.com", false],
  ["fd00::/8", "[fd12::1]", true],
  ["fd00::/8", "10.0.0.1", false],
])("%j and the host %j: %j", (entry, host, isIn) => {
  expect(isInHostList([entry], host)).toBe(isIn);
});

test.each(["a.example", "*.a.example", "10.0.0.1", "fd00::1", "10.0.0.0/8", "fd00::/64"])("%j is an entry", (entry) => {
  expect(problemOfHostEntry(entry)).toBeNull();
});

test.each(["", "a b", "http://a", "a:80", "*", "a.*", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.0/", "a/8", "10.0.0.0/8/8"])(
  "%j is none",
  (entry) => {
    expect(problemOfHostEntry(entry)).toContain("10.0.0.0/8");
  },
);
