import { beforeAll, describe, expect, test } from "@jest/globals";
import { lintSnippets } from "./lint.ts";

const PROPERTY = "eslint(no-restricted-properties)";
const GLOBAL = "eslint(no-restricted-globals)";
const IMPORT = "eslint(no-restricted-imports)";

const CASES: readonly (readonly [expression: string, rule: string])[] = [
  ["process.env", PROPERTY],
  ["process.exit", PROPERTY],
  ["Date.now()", PROPERTY],
  ["performance.now()", PROPERTY],
  ["Math.random()", PROPERTY],
  ["globalThis.setTimeout", PROPERTY],
  ["setTimeout", GLOBAL],
  ["setInterval", GLOBAL],
  ["setImmediate", GLOBAL],
  [`import("node:timers/promises")`, IMPORT],
  [`import("node:timers")`, IMPORT],
  [`import("node:process")`, IMPORT],
];
const ALLOWED = ["packages/core/src/platform/system-clock.ts", "packages/cli/src/main.ts", "tests/example.ts"];

const path = (index: number) => `packages/core/src/fleet/case-${index}.ts`;
const snippet = (expression: string) => `export const value = ${expression};\n`;
const everything = CASES.filter(([, rule]) => rule !== IMPORT)
  .map(([expression], index) => `export const value${index} = ${expression};\n`)
  .join("");

let fired: ReturnType<typeof lintSnippets>;

beforeAll(() => {
  fired = lintSnippets({
    ...Object.fromEntries(CASES.map(([expression], index) => [path(index), snippet(expression)])),
    ...Object.fromEntries(ALLOWED.map((allowed) => [allowed, everything])),
    "packages/core/src/daemon/main.ts": "export const value = [process.env, process.exit];\n",
    "packages/core/src/fleet/destructured.ts": "export const { env } = process;\n",
    "packages/core/src/fleet/named.ts": `export { performance } from "node:perf_hooks";\n`,
    "packages/core/src/fleet/console.ts": `console.log("a line past the logger");\n`,
  });
});

describe("lint fires on", () => {
  test.each(CASES.map(([expression, rule], index) => [expression, rule, index] as const))(
    "%s outside its file",
    (_expression, rule, index) => {
      expect(fired.get(path(index))).toEqual([rule]);
    },
  );

  test.each([
    ["packages/core/src/fleet/destructured.ts", PROPERTY],
    ["packages/core/src/fleet/named.ts", IMPORT],
    ["packages/core/src/fleet/console.ts", "eslint(no-console)"],
  ])("%s", (file, rule) => {
    expect(fired.get(file)).toEqual([rule]);
  });
});

test.each([...ALLOWED, "packages/core/src/daemon/main.ts"])("lint is silent in %s", (file) => {
  expect(fired.get(file)).toEqual([]);
});
