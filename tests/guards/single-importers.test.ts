import { describe, expect, test } from "@jest/globals";
import { packageSources } from "../support/source-tree.ts";
import { IMPORTERS, strayImports } from "./single-importers.ts";

const at = (path: string, text: string) => strayImports([{ path, text }]);

test("each guarded library is imported only where it belongs", () => {
  expect(strayImports(packageSources())).toEqual([]);
});

describe("the guard fires on", () => {
  test.each(Object.keys(IMPORTERS))("%s in a folder that may not import it", (module) => {
    expect(at("packages/core/src/fleet/example.ts", `import { x } from "${module}";`)).toHaveLength(1);
  });

  test.each([
    ["a type", `import type { Pool } from "pg";`],
    ["an import on first use", `const { Pool } = (await import("pg")).default;`],
    ["a file within the library", `import { x } from "pg/lib/defaults.js";`],
    ["the old name of node:child_process", `import { spawn } from "child_process";`],
  ])("%s", (_case, text) => {
    expect(at("packages/core/src/fleet/example.ts", text)).toHaveLength(1);
  });

  test("a file other than the allowed one", () => {
    expect(at("packages/core/src/daemon/compose.ts", `import winston from "winston";`)).toEqual([
      "packages/core/src/daemon/compose.ts imports winston: only packages/core/src/daemon/logging/logger.ts may",
    ]);
  });
});

describe("the guard is silent on", () => {
  test.each([
    ["packages/core/src/storage/postgres/pool.ts", `import pg from "pg";`],
    ["packages/core/src/storage/pool.test.ts", `import pg from "pg";`],
    ["packages/bench/src/ingest.ts", `import pg from "pg";`],
    ["packages/core/src/fleet/example.ts", `import copy from "pg-copy-streams";`],
  ])("%s", (path, text) => {
    expect(at(path, text)).toEqual([]);
  });
});
