/**
 * Repeats the tests while another program keeps every core busy: a test that depends on time or luck fails sooner or later.
 * Prints time and result of each run; the exit code is 1 when one of them failed.
 */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `usage: node scripts/repeat-tests.mjs [--suites RUNS] [--whole RUNS] [--only PATTERN]... [--busy PROCESSES]

  --suites  runs of the suites that touch time or processes; default 10
  --whole   runs of all suites; default 3
  --only    the suites of --suites are those whose path fits, instead
  --busy    processes that compute beside the tests; default one a core
`;

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOGS = join(ROOT, "node_modules/.cache/repeat-tests");
const JEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts.jest;

/** Suites that depend on something real: a process, a thread, a socket, a server, a clock that they do not control. */
const TIME_AND_PROCESSES = [
  "tests/(daemon|fault|prometheus|demo|scripts|storage|systemd)/",
  "tests/grafana/data",
  "core/src/(api|collection|daemon|delivery|exposition|storage)/",
  "core/src/collectors/host/filesystem/(filesystem-sizes|mount-probe)",
  "cli/src/(cli|sleep)",
  "private-postgres/src/private-server",
];

/** Computes for as long as its parent runs, however that exits. */
const BUSY = "const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e7; i++);";

const children = new Set();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop(signal));

const options = readOptions();
rmSync(LOGS, { recursive: true, force: true });
mkdirSync(LOGS, { recursive: true });
await ended(start("node", ["scripts/bundle.mjs"], "inherit"));
for (let i = 0; i < options.busy; i++) start(process.execPath, ["-e", BUSY], "ignore");
console.log(`${options.busy} processes compute beside the tests; logs in ${LOGS}`);
const results = [];
for (let run = 1; run <= options.suites; run++) results.push(await repeat(`suites-${run}`, options.only));
for (let run = 1; run <= options.whole; run++) results.push(await repeat(`whole-${run}`, []));
const failed = results.filter(({ ok }) => !ok);
const totalSeconds = results.reduce((sum, { seconds }) => sum + seconds, 0);
console.log(`${results.length} runs in ${totalSeconds.toFixed(0)} s, ${failed.length} with failures`);
endChildren();
process.exitCode = failed.length === 0 ? 0 : 1;

/** One run of jest on the suites that match one of the patterns; all without one. */
async function repeat(name, patterns) {
  const report = join(LOGS, `${name}.json`);
  const log = openSync(join(LOGS, `${name}.log`), "w");
  const startedMs = performance.now();
  const args = ["--json", `--outputFile=${report}`, ...patterns];
  const code = await ended(start("/bin/sh", ["-c", `${JEST} "$@"`, "jest", ...args], ["ignore", log, log]));
  closeSync(log);
  const seconds = (performance.now() - startedMs) / 1000;
  const { counts, failures } = read(report);
  console.log(`${name}: ${code === 0 ? "passed" : `failed (exit code ${code})`}: ${counts}; ${seconds.toFixed(1)} s`);
  for (const failure of failures) console.log(`  ${failure}`);
  return { ok: code === 0, seconds };
}

function read(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const broken = testResults.filter(({ status }) => status === "failed");
    const failures = broken.flatMap(({ name, assertionResults, message }) => {
      const titles = assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
      return (titles.length > 0 ? titles : [message.split("\n")[0]]).map((title) => `${name}: ${title}`);
    });
    return { counts: `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`, failures };
  } catch {
    return { counts: "no report", failures: [] };
  }
}

function start(program, args, stdio) {
  const path = [join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const child = spawn(program, args, { cwd: ROOT, stdio, env: { ...process.env, PATH: path } });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}

function endChildren() {
  for (const child of children) child.kill();
}

function stop(signal) {
  endChildren();
  process.kill(process.pid, signal);
}

function readOptions() {
  try {
    const type = "string";
    const { values } = parseArgs({
      options: { suites: { type }, whole: { type }, busy: { type }, only: { type, multiple: true } },
    });
    return {
      suites: count(values.suites, 10),
      whole: count(values.whole, 3),
      busy: count(values.busy, availableParallelism()),
      only: values.only ?? TIME_AND_PROCESSES,
    };
  } catch (error) {
    console.error(`repeat-tests: ${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}

function count(text, fallback) {
  if (text === undefined) return fallback;
  if (!/^\d{1,3}$/.test(text)) throw new Error(`found ${text}, wanted a whole number below 1000`);
  return Number(text);
}
