import { expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

test("lint fails for an import of a file in another package, also a dynamic one", () => {
  const fired = lintSnippets({
    "packages/cli/src/a.ts": `import { Client } from "@cloud-monitor/client/src/client.ts";\nexport const a = Client;\n`,
    "packages/cli/src/b.ts": `export const b = (): Promise<unknown> => import("@cloud-monitor/client/dist/client.js");\n`,
    "packages/cli/src/c.ts": `import { Client } from "@cloud-monitor/client";\nexport const c = Client;\n`,
  });

  expect(Object.fromEntries(fired)).toEqual({
    "packages/cli/src/a.ts": ["eslint(no-restricted-imports)"],
    "packages/cli/src/b.ts": ["eslint(no-restricted-imports)"],
    "packages/cli/src/c.ts": [],
  });
});
