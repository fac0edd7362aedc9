import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { EXIT } from "./exit-codes.ts";

test("docs/cli.md lists exactly these exit codes", () => {
  const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

  const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));

  expect(listed).toEqual(Object.values(EXIT));
});
