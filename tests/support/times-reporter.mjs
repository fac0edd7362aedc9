import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { SUITES_FILE, TIMES_FILE, cpuSecondsOf } from "./cpu-seconds.mjs";

const SHOWN = 15;

/**
 * After a run of many suites, prints their times as the table in CONTRIBUTING; a file has all of them. CPU time is that of
 * the suite and of the processes that it started and waited for. jest needs a default export here.
 */
// oxlint-disable-next-line import/no-default-export
export default class TimesReporter {
  #root;
  #suites = [];

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunStart() {
    mkdirSync(dirname(SUITES_FILE), { recursive: true });
    rmSync(SUITES_FILE, { force: true });
  }

  onTestFileResult({ path }, { perfStats }) {
    const wallSeconds = (perfStats.end - perfStats.start) / 1000;
    this.#suites.push({ path: relative(this.#root, path), wallSeconds, cpuSeconds: cpuSecondsSince(path) });
  }

  onRunComplete() {
    if (this.#suites.length < 4 * SHOWN) return;
    const slowest = this.#suites.toSorted((a, b) => b.wallSeconds - a.wallSeconds);
    writeFileSync(TIMES_FILE, JSON.stringify(slowest, null, 2));
    const total = (key) => this.#suites.reduce((sum, suite) => sum + suite[key], 0);
    const others = slowest.slice(SHOWN);
    const rest = (key) => others.reduce((sum, suite) => sum + suite[key], 0);
    const rows = [
      ...slowest.slice(0, SHOWN).map(({ path, wallSeconds, cpuSeconds }) => [path, wallSeconds, cpuSeconds]),
      [`${others.length} others`, rest("wallSeconds"), rest("cpuSeconds")],
      ["all", total("wallSeconds"), total("cpuSeconds")],
    ];
    console.log("\n| suite | wall s | CPU s |\n|---|---|---|");
    for (const [name, wall, cpu] of rows) console.log(`| ${name} | ${wall.toFixed(1)} | ${cpu.toFixed(1)} |`);
  }
}

/** CPU time of the suite's worker since the suite began; 0 for a suite that did not begin. */
function cpuSecondsSince(path) {
  try {
    const begun = readFileSync(SUITES_FILE, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const suite = begun.findLast((one) => one.path === path);
    return cpuSecondsOf(suite.pid) - suite.cpuSeconds;
  } catch {
    return 0;
  }
}
