import { expect, test } from "@jest/globals";
import { unsuitable } from "./inspect-server.ts";

test.each([
  [130_022, "UTF8", /PostgreSQL 13, wanted 14 or newer/],
  [90_624, "UTF8", /PostgreSQL 9/],
  [150_018, "SQL_ASCII", /SQL_ASCII, wanted UTF8/],
])("a server of version %d with the encoding %s is told what to change", (version, encoding, reason) => {
  expect(unsuitable({ version, encoding })).toMatch(reason);
});

test.each([140_000, 150_018, 180_004])("version %d with UTF8 serves", (version) => {
  expect(unsuitable({ version, encoding: "UTF8" })).toBeNull();
});
