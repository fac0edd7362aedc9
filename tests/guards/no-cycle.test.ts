import { expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

// Cycles across packages: see PACKAGES in import-direction.ts, which is an order.
test("lint fires on every file of a circle, even one of types only", () => {
  const fired = lintSnippets({
    "packages/core/src/model/a.ts": `import type { b } from "./b.ts";\nexport type A = typeof b;\n`,
    "packages/core/src/model/b.ts": `import { c } from "./c.ts";\nexport const b = c;\n`,
    "packages/core/src/model/c.ts": `import type { A } from "./a.ts";\nexport const c: A[] = [];\n`,
    "packages/core/src/model/d.ts": `import type { A } from "./a.ts";\nexport const d: A[] = [];\n`,
  });

  expect(Object.fromEntries(fired)).toEqual({
    "packages/core/src/model/a.ts": ["import(no-cycle)"],
    "packages/core/src/model/b.ts": ["import(no-cycle)"],
    "packages/core/src/model/c.ts": ["import(no-cycle)"],
    "packages/core/src/model/d.ts": [],
  });
});
