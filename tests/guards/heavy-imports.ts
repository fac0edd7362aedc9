import type { SourceFile } from "../support/source-tree.ts";
import { isTest } from "../support/source-tree.ts";

/**
 * `import` of node:http or node:https evaluates all its exports, among them getters that load Node's own undici: 14 MB of
 * memory that `require` does not take (measured, Node 24: 44.6 MB against 58.3). Types cost nothing, and `{ Type }` of
 * typebox keeps the bundler from omitting its type engine: 135 KB.
 */
const HEAVY: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^(?:import|export)\s+(?!type\b)[^"';]*\bfrom\s+"(?:node:)?https?"/m, "import its types alone"],
  [/\bimport\s*\(\s*"(?:node:)?https?"/, "import its types alone"],
  [/^import\s+(?!type\b|\*)[^"';]*\bfrom\s+"typebox"/m, 'import * as Type from "typebox"'],
];

/** What is bundled into the daemon. */
const DAEMON = /^packages\/(?:core|private-postgres)\/src\//;

/** One message for each import in the daemon's sources that takes memory for unused code. */
export function heavyImports(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => DAEMON.test(path) && !isTest(path))
    .flatMap(({ path, text }) =>
      HEAVY.filter(([pattern]) => pattern.test(text)).map(([, advice]) => `${path}: ${advice}`),
    );
}
