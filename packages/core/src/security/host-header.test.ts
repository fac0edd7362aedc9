import { expect, test } from "@jest/globals";
import { isHostAllowed } from "./host-header.ts";

test.each([
  ["localhost", true],
  ["LOCALHOST:8080", true],
  ["127.0.0.1:9999", true],
  ["[::1]:8080", true],
  ["evil.example", false],
  ["evil.example:8080", false],
  ["localhost.evil.example", false],
  ["localhost:8080:8080", false],
  ["localhost:", false],
  ["[::1", false],
  ["127.0.0.1.nip.io", false],
  ["", false],
  [undefined, false],
])("a daemon on 127.0.0.1 asked as %s", (host, expected) => {
  expect(isHostAllowed(host, "127.0.0.1")).toBe(expected);
});

test("a daemon on another loopback address accepts that address", () => {
  expect(isHostAllowed("127.0.0.2:8080", "127.0.0.2")).toBe(true);
  expect(isHostAllowed("127.0.0.2:8080", "127.0.0.1")).toBe(false);
});

test.each(["0.0.0.0", "10.0.0.1", "::"])("a daemon on %s accepts every name", (bound) => {
  expect(isHostAllowed("monitor.example", bound)).toBe(true);
});
