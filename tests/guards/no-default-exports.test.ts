import { expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

const DEFAULT = `export default function serve(): void {}\n`;

test("lint fires on a default export, but in a tool's configuration", () => {
  const fired = lintSnippets({
    "packages/core/src/api/serve.ts": DEFAULT,
    "tests/support/serve.ts": DEFAULT,
    "tool.config.mjs": "export default {};\n",
  });

  expect(Object.fromEntries(fired)).toEqual({
    "packages/core/src/api/serve.ts": ["import(no-default-export)"],
    "tests/support/serve.ts": ["import(no-default-export)"],
    "tool.config.mjs": [],
  });
});
