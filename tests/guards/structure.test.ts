import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { CHANGES } from "./changes.ts";
import { LAYERS } from "./import-direction.ts";
import { REPOSITORY } from "../support/source-tree.ts";

test("the script prints every room, the longest file and function, and what each change touches", () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, "scripts/structure.mjs")], {
    encoding: "utf8",
  });

  expect(stderr).toBe("");
  expect(stdout).toMatch(/^model {4,}[1-9]\d* +\d+ {2}<- none$/m);
  for (const room of LAYERS) expect(stdout).toMatch(new RegExp(`^${room} +[1-9]`, "m"));
  const lines = (what: string) => Number(new RegExp(`^Longest ${what}: .+, (\\d+) lines$`, "m").exec(stdout)?.[1]);
  expect(lines("file")).toBeGreaterThan(100);
  expect(lines("file")).toBeLessThanOrEqual(300);
  expect(lines("function")).toBeGreaterThan(20);
  expect(lines("function")).toBeLessThanOrEqual(60);
  for (const { what, files } of CHANGES) expect(stdout).toContain(`Adding ${what} touches ${files.length} files`);
});
