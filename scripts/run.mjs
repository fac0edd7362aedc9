/**
 * The entry point, for any Node from 20 on: installs dependencies, then starts the daemon, tests or builds.
 *
 * The daemon runs in its own session, so that a Ctrl-C of the terminal, which reaches its whole process group up to three
 * times, is passed on once. It watches the other end of descriptor CLOUD_MONITOR_PARENT_FD, which the kernel closes when
 * this process dies for whatever reason; this process in turn watches npm.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachesFor } from "./caches.mjs";
import { bundleFingerprint, installFingerprint } from "./fingerprint.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const INSTALL_STAMP = join(ROOT, "node_modules", ".cloud-monitor-install");
const BUNDLE_STAMP = join(ROOT, "packages/core/dist/.bundle-stamp");
const NODE_MAJOR_MIN = 24;
/** Steps before jest, run in parallel; the tests use the bundle. */
const TEST_STEPS = ["format:check", "lint", "types", "unused", "bundle"];
/** The same signal arrives from the terminal and from npm within a few milliseconds. */
const SIGNAL_ECHO_MS = 500;
const PARENT_POLL_MS = 1000;

const running = new Set();
let forwardedAtMs = -Infinity;
let stopSignal = null;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of SIGNALS) process.on(signal, forward);
// A closed terminal makes every write fail; the daemon's shutdown must not fail because of it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
watchNpm();

const [command = "start", ...args] = process.argv.slice(2);
const commands = { start, test, build };
if (!(command in commands)) {
  console.error(`run.mjs: unknown command ${command}; wanted ${Object.keys(commands).join(", ")}`);
  process.exit(2);
}
await install();
await commands[command]();

async function start() {
  if (stampOf(BUNDLE_STAMP) !== bundleFingerprint(ROOT)) await build();
  // One malloc arena for all threads takes 9 MB less memory than one per thread; and a young generation of up to 16 MiB makes
  // V8 mark the whole heap, on four threads, every fifty scrapes: a seventh of a scrape's processor time.
  const environment = { MALLOC_ARENA_MAX: "1", ...process.env, CLOUD_MONITOR_PARENT_FD: "3" };
  const main = join(ROOT, "packages/core/dist/main.js");
  end(
    await run(nodeFile(), ["--max-semi-space-size=8", main, ...args], {
      detached: true,
      stdio: ["ignore", 1, 2, "pipe"],
      env: environment,
    }),
  );
}

async function build() {
  endUnlessOk(await run(nodeFile(), [join(ROOT, "scripts/bundle.mjs")], { cwd: ROOT }));
}

async function test() {
  const path = [dirname(nodeFile()), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path };
  const outcomes = await Promise.all(TEST_STEPS.map((step) => runStep(step, env)));
  endUnlessOk(outcomes.find(({ code }) => code !== 0) ?? { code: 0 });
  console.log("== jest");
  end(await run("/bin/sh", ["-c", `${MANIFEST.scripts.jest} "$@"`, "jest", ...args], { cwd: ROOT, env }));
}

/** Its output is printed at once when it has ended, since others run in parallel. */
async function runStep(step, env) {
  const startedMs = performance.now();
  const output = [];
  const options = { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], onOutput: (chunk) => output.push(chunk) };
  const outcome = await run("/bin/sh", ["-c", MANIFEST.scripts[step]], options);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const result = outcome.code === 0 ? `${seconds} s` : `failed after ${seconds} s`;
  console.log(`== ${step}: ${MANIFEST.scripts[step]}: ${result}\n${Buffer.concat(output).toString().trimEnd()}`);
  return outcome;
}

/** The stamp is ours and written last: pnpm's own lock file is in place even after an install that failed. */
async function install() {
  const fingerprint = installFingerprint(ROOT);
  if (stampOf(INSTALL_STAMP) === fingerprint && existsSync(join(ROOT, "packages/core/node_modules"))) return;
  const pnpm = MANIFEST.packageManager.split("+")[0];
  console.error(`Installing what is missing with ${pnpm} (once, 10 to 30 s) ...`);
  const env = {
    ...process.env,
    ...cachesFor(ROOT),
    CI: "true",
    npm_config_update_notifier: "false",
    npm_config_loglevel: "error",
  };
  const outcome = await run("npx", ["--yes", pnpm, "install", "--frozen-lockfile", "--loglevel=error"], {
    cwd: ROOT,
    stdio: [0, 2, 2],
    env,
  });
  if (outcome.code !== 0 && outcome.signal === null) {
    console.error(
      "run.mjs: the installation failed (see above); it needs npm, a package registry, and write access here",
    );
  }
  endUnlessOk(outcome);
  writeFileSync(INSTALL_STAMP, fingerprint);
}

/** The Node that runs this if it is new enough (also on musl, where the packaged one does not run), else the packaged one. */
function nodeFile() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) return process.execPath;
  const packaged = join(ROOT, "node_modules", `node-linux-${process.arch}`, "bin/node");
  if (existsSync(packaged)) return packaged;
  console.error(
    `run.mjs: found Node ${process.versions.node}, wanted ${NODE_MAJOR_MIN} or newer, and none is packaged for`,
  );
  console.error(`${process.platform} ${process.arch}; install Node ${NODE_MAJOR_MIN} and start again`);
  return process.exit(1);
}

function stampOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function run(file, argv, { onOutput, ...options }) {
  // The signal arrived between two programs and reached neither.
  if (stopSignal !== null) end({ code: null, signal: stopSignal });
  return new Promise((resolve) => {
    const child = spawn(file, argv, { stdio: "inherit", ...options });
    running.add(child);
    const ended = (outcome) => {
      running.delete(child);
      resolve(outcome);
    };
    for (const output of [child.stdout, child.stderr]) output?.on("data", onOutput);
    child.once("error", (error) => {
      console.error(`run.mjs: ${file} does not start: ${error.message}`);
      ended({ code: 1, signal: null });
    });
    // With piped output, its last output comes before "close", but maybe after "exit".
    child.once(child.stdout === null ? "exit" : "close", (code, signal) => ended({ code, signal }));
  });
}

function forward(signal) {
  if (performance.now() - forwardedAtMs < SIGNAL_ECHO_MS) return;
  forwardedAtMs = performance.now();
  stopSignal = signal;
  for (const child of running) child.kill(signal);
}

function watchNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && forward("SIGTERM"), PARENT_POLL_MS).unref();
}

function endUnlessOk(outcome) {
  if (outcome.code !== 0) end(outcome);
}

function end({ code, signal }) {
  if (signal === null) process.exit(code);
  // With our own handler in place the signal would do nothing, and the exit code would be 0.
  for (const name of SIGNALS) process.removeListener(name, forward);
  process.kill(process.pid, signal);
}
