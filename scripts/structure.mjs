/** Prints the structure of the source, from its imports and the guards' tables: `node scripts/structure.mjs` (Node 24). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHANGES } from "../tests/guards/changes.ts";
import { LAYERS } from "../tests/guards/import-direction.ts";
import { importsOf } from "../tests/guards/imports.ts";
import { isTest, packageSources, REPOSITORY } from "../tests/support/source-tree.ts";

const sources = packageSources().filter(({ path }) => !isTest(path));

console.log("Rooms of core: files, lines, and from which rooms how many imports come\n");
for (const room of LAYERS) console.log(drawn(room));
const [longestFile] = sources
  .map(({ path, text }) => ({ path, lines: linesOf(text) }))
  .sort((a, b) => b.lines - a.lines);
console.log(`\nLongest file: ${longestFile.path}, ${longestFile.lines} lines`);
const longest = longestFunction();
console.log(`Longest function: ${longest.name} in ${longest.path}, ${longest.lines} lines\n`);
for (const { what, files, tests } of CHANGES) {
  console.log(`Adding ${what} touches ${files.length} files, ${tests.length} with tests, and CHANGELOG.md`);
  for (const path of [...files, ...tests]) console.log(`  ${path}`);
}

function drawn(room) {
  const files = sources.filter(({ path }) => roomOf(path) === room);
  const lines = files.reduce((sum, { text }) => sum + linesOf(text), 0);
  const targets = files.flatMap((file) => importsOf(file).map(({ path }) => (path === null ? null : roomOf(path))));
  const counts = LAYERS.filter((other) => other !== room)
    .map((other) => [other, targets.filter((target) => target === other).length])
    .filter(([, count]) => count > 0);
  const from = counts.map(([other, count]) => `${other} ${count}`).join(", ");
  return `${room.padEnd(12)}${String(files.length).padStart(4)}${String(lines).padStart(7)}  <- ${from || "none"}`;
}

function roomOf(path) {
  return /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function linesOf(text) {
  return text.split("\n").length - 1;
}

/** As counted by the linter: with a limit of one line it reports the length of every function. */
function longestFunction() {
  const folder = mkdtempSync(join(tmpdir(), "structure-"));
  const config = join(folder, "oxlintrc.json");
  try {
    writeFileSync(config, JSON.stringify({ rules: { "max-lines-per-function": ["error", { max: 1 }] } }));
    const args = ["--config", config, "--format", "json", ...sources.map(({ path }) => path)];
    const program = join(REPOSITORY, "node_modules/.bin/oxlint");
    const { stdout } = spawnSync(program, args, { cwd: REPOSITORY, encoding: "utf8", maxBuffer: 2 ** 28 });
    const lengths = JSON.parse(stdout).diagnostics.flatMap(({ filename, message }) => {
      const [, name, lines] = /^The function `([^`]+)` has too many lines \((\d+)\)/.exec(message) ?? [];
      return lines === undefined ? [] : [{ path: filename, name, lines: Number(lines) }];
    });
    return lengths.sort((a, b) => b.lines - a.lines)[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
