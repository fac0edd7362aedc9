import type { SourceFile } from "../support/source-tree.ts";

const CLOCK = "packages/core/src/platform/system-clock.ts";
const ENTRIES = ["packages/cli/src/main.ts"];

/** Lines that read the wall clock with `new Date()`, which lint cannot distinguish from `new Date(ms)`. Bench is exempt. */
export function wallClockReads(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path !== CLOCK && !ENTRIES.includes(path) && !path.startsWith("packages/bench/"))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          /\bnew Date(?:\(\s*\)|(?!\s*\())/.test(withoutComment(line)) ? [`${path}:${index + 1}`] : [],
        ),
    );
}

function withoutComment(line: string): string {
  return line.replace(/(?:^|\s)(?:\/\/|\/?\*).*$/, "");
}
