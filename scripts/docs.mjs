/** Writes the tables of the manual that derive from the sources: settings, and families of the host. Tests compare them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../packages/core/src/config/settings.ts";
import { environmentExample, settingsTable } from "../packages/core/src/config/testing/settings-docs.ts";
import { hostFamiliesRows } from "../packages/core/src/collectors/testing/host-families-table.ts";

const ROOT = join(import.meta.dirname, "..");

/** Replaces the only table of a document, or its rows from the one that `isRow` accepts. */
function replaceLines(path, isLine, text) {
  const lines = readFileSync(join(ROOT, path), "utf8").split("\n");
  const from = lines.findIndex(isLine);
  const to = lines.findLastIndex(isLine) + 1;
  if (from === -1) throw new Error(`${path} has no table`);
  writeFileSync(join(ROOT, path), [...lines.slice(0, from), text, ...lines.slice(to)].join("\n"));
}

replaceLines("docs/configure.md", (line) => line.startsWith("|"), settingsTable(SETTINGS));
replaceLines("docs/metrics-host.md", (line) => line.startsWith("| `"), hostFamiliesRows().join("\n"));
const example = readFileSync(join(ROOT, ".env.example"), "utf8");
const head = example.slice(0, example.indexOf("\n\n", example.indexOf("#CLOUD_MONITOR_CONFIG=")) + 2);
writeFileSync(join(ROOT, ".env.example"), head + environmentExample(SETTINGS));
