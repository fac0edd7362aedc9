import { expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

const lines = (count: number, line = "void 0;") => `${Array.from({ length: count }, () => line).join("\n")}\n`;
const body = (count: number) => `export function long(): void {\n${lines(count - 2, "  void 0;")}}\n`;

test("lint fails beyond 300 lines per file, 60 lines per index.ts, 60 lines per function, and 3 parameters", () => {
  const fired = lintSnippets({
    "packages/core/src/api/at-limit.ts": `${lines(240)}${body(60)}`,
    "packages/core/src/api/long-file.ts": lines(301),
    "packages/core/src/api/long-function.ts": body(61),
    "packages/core/src/api/wide.ts":
      "export function wide(a: 1, b: 2, c: 3, d: 4): number[] {\n  return [a, b, c, d];\n}\n",
    "packages/cli/src/index.ts": lines(61),
    "packages/core/src/index.ts": lines(60),
  });

  expect(Object.fromEntries(fired)).toEqual({
    "packages/core/src/api/at-limit.ts": [],
    "packages/core/src/api/long-file.ts": ["eslint(max-lines)"],
    "packages/core/src/api/long-function.ts": ["eslint(max-lines-per-function)"],
    "packages/core/src/api/wide.ts": ["eslint(max-params)"],
    "packages/cli/src/index.ts": ["eslint(max-lines)"],
    "packages/core/src/index.ts": [],
  });
});
