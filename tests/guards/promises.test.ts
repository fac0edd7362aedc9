import { expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

const FLOATING = `async function flush(): Promise<void> {}\nexport function stop(): void {\n  flush();\n}\n`;
const MISUSED = `async function flush(): Promise<void> {}\nexport function all(xs: number[]): void {\n  xs.forEach(async () => await flush());\n}\n`;

test("lint fails for promises that are not awaited, also in tests", () => {
  const fired = lintSnippets({
    "packages/core/src/delivery/floating.ts": FLOATING,
    "packages/core/src/delivery/misused.ts": MISUSED,
    "packages/core/src/delivery/floating.test.ts": FLOATING,
  });

  expect(Object.fromEntries(fired)).toEqual({
    "packages/core/src/delivery/floating.ts": ["typescript(no-floating-promises)"],
    "packages/core/src/delivery/misused.ts": ["typescript(no-misused-promises)"],
    "packages/core/src/delivery/floating.test.ts": ["typescript(no-floating-promises)"],
  });
});
