import { expect, test } from "@jest/globals";
import { heavyImports } from "./heavy-imports.ts";
import { packageSources } from "../support/source-tree.ts";

const at = (text: string, path = "packages/core/src/api/example.ts") => heavyImports([{ path, text }]);

test("the daemon imports nothing that takes memory without use", () => {
  expect(heavyImports(packageSources())).toEqual([]);
});

test.each([
  `import { STATUS_CODES } from "node:http";`,
  `import http from "node:http";`,
  `import * as https from "node:https";`,
  `import {\n  createServer,\n} from "http";`,
  `const { request } = await import("node:http");`,
  `import { Type } from "typebox";`,
  `import Type from "typebox";`,
])("the guard fires on %j", (text) => {
  expect(at(text)).toHaveLength(1);
});

test.each([
  `import type { IncomingMessage } from "node:http";`,
  `import type { Static } from "typebox";\nimport * as Type from "typebox";`,
  `import { isIP } from "node:net";`,
])("the guard is silent on %j", (text) => {
  expect(at(text)).toEqual([]);
});

test("the guard fires in a package that the daemon is bundled from, and is silent in those of other programs", () => {
  const text = `import http from "node:http";`;

  expect(at(text, "packages/private-postgres/src/example.ts")).toHaveLength(1);
  expect(at(text, "packages/cli/src/example.ts")).toEqual([]);
});

test("the guard is silent in tests", () => {
  expect(at(`import { STATUS_CODES } from "node:http";`, "packages/core/src/api/example.test.ts")).toEqual([]);
});
