import { expect, test } from "@jest/globals";
import { acceptsGzip } from "./accepts-gzip.ts";

test.each([
  ["gzip", true],
  ["GZIP", true],
  ["deflate, gzip;q=0.5", true],
  ["*", true],
  ["gzip;q=0", false],
  ["gzip; q=0.0", false],
  ["br", false],
  ["identity", false],
  ["", false],
  [undefined, false],
])("Accept-Encoding %j: %s", (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
