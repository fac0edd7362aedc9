/** Writes the tables of the manual that derive from the sources: settings, and metrics. Tests compare them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../packages/core/src/config/settings.ts";
import { environmentExample, settingsTable } from "../packages/core/src/config/testing/settings-docs.ts";
import { OWN_METRICS } from "../packages/core/src/daemon/catalogue.ts";
import { metricsRows } from "../packages/core/src/daemon/testing/metrics-table.ts";
import { FLEET_METRICS } from "../packages/core/src/model/catalogue/fleet.ts";
import { hostFamiliesRows } from "../packages/core/src/collectors/testing/host-families-table.ts";

const ROOT = join(import.meta.dirname, "..");

function isTable(line) {
  return line.startsWith("|");
}

/** Replaces the first table of a document after the heading; its two lines of headings stay, unless `rows` begin with them. */
function replaceTable(path, heading, rows) {
  const lines = readFileSync(join(ROOT, path), "utf8").split("\n");
  const after = lines.findIndex((line) => line === heading);
  const start = lines.findIndex((line, index) => index > after && isTable(line));
  if (after === -1 || start === -1) throw new Error(`${path} has no table after ${heading}`);
  const from = rows[1]?.startsWith("| ---") ? start : start + 2;
  let to = start;
  while (isTable(lines[to])) to++;
  writeFileSync(join(ROOT, path), [...lines.slice(0, from), ...rows, ...lines.slice(to)].join("\n"));
}

const firstLine = (path) => readFileSync(join(ROOT, path), "utf8").split("\n")[0];
replaceTable("docs/configure.md", firstLine("docs/configure.md"), settingsTable(SETTINGS).split("\n"));
replaceTable("docs/metrics-host.md", firstLine("docs/metrics-host.md"), hostFamiliesRows());
replaceTable("docs/metrics.md", "## The daemon itself", metricsRows(OWN_METRICS));
replaceTable("docs/metrics.md", "## The fleet and its instances", metricsRows(FLEET_METRICS));
const example = readFileSync(join(ROOT, ".env.example"), "utf8");
const head = example.slice(0, example.indexOf("\n\n", example.indexOf("#CLOUD_MONITOR_CONFIG=")) + 2);
writeFileSync(join(ROOT, ".env.example"), head + environmentExample(SETTINGS));
