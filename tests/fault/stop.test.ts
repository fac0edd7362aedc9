import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Health } from "@cloud-monitor/client";
import type { Ended } from "../support/daemon.ts";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";

const STOP_MS_MAX = 10_000;
const SECOND_SIGNAL_AFTER_MS = 1_000;

let folder: string;
let stateDir: string;
let procfs: string;
const started: TestDaemon[] = [];
/** Processes of a stopped (SIGSTOP) server: they do not notice that their postmaster was killed. */
const frozen: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-stop-"));
  stateDir = join(folder, "var");
  procfs = join(folder, "proc");
  mkdirSync(procfs);
  for (const name of readdirSync("/proc")) if (name !== "loadavg") symlinkSync(join("/proc", name), join(procfs, name));
  // Opening it for reading waits in the kernel for a writer.
  execFileSync("mkfifo", [join(procfs, "loadavg")]);
});

afterEach(async () => {
  endServer();
  for (const daemon of started.splice(0)) await daemon.dispose();
  endServer();
  for (const pid of frozen.splice(0)) if (isServer(pid)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A daemon with a thread that is stuck in a system call and a database that does not respond. */
async function startStuck(): Promise<TestDaemon> {
  const args = [`--path.procfs=${procfs}`];
  const daemon = new TestDaemon({ args, stateDir, env: { STORAGE: "postgres", DEFAULT_INTERVAL: "1" } });
  started.push(daemon);
  await daemon.ready();
  await daemon.send("POST", "/instances", { name: "a", ip: "10.0.0.1", interval: 1 });
  const health = () => daemon.json<Health>("/health");
  await eventually(health, ({ threads }) => threads.replaced > 0, 30_000);
  signalServer("SIGSTOP");
  await eventually(health, ({ spool }) => spool.rows > 0, 30_000);
  execFileSync("mkfifo", [join(stateDir, "instances.json.tmp")]);
  return daemon;
}

function postmaster(): number | null {
  try {
    const pid = readFileSync(join(stateDir, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0]!;
    return existsSync(`/proc/${pid}`) ? Number(pid) : null;
  } catch {
    return null;
  }
}

/** To the server and its processes, which are its children. */
function signalServer(signal: NodeJS.Signals): void {
  const server = postmaster();
  if (server === null) return;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of pids.filter((each) => Number(each) === server || parentOf(each) === server)) {
    process.kill(Number(pid), signal);
    if (signal === "SIGSTOP") frozen.push(Number(pid));
  }
}

function isServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").startsWith("postgres:");
  } catch {
    return false;
  }
}

/** Field 4 of proc_pid_stat(5), counted after the name in parentheses; null when the process has exited. */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

function endServer(): void {
  signalServer("SIGKILL");
}

/** The time of the log line. */
function stoppingAtMs(daemon: TestDaemon): number | null {
  const line = daemon.stdout.split("\n").find((each) => each.includes('"message":"stopping"'));
  return line === undefined ? null : Date.parse((JSON.parse(line) as { timestamp: string }).timestamp);
}

async function timed(ended: Promise<Ended>): Promise<Ended & { elapsedMs: number }> {
  const startedMs = performance.now();
  return { ...(await ended), elapsedMs: performance.now() - startedMs };
}

describe("a daemon with a stuck thread and a database that does not respond", () => {
  test("exits with code 0 within 10 s, and logs what it abandoned", async () => {
    const daemon = await startStuck();

    const ended = await timed(daemon.stop("SIGTERM"));

    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.elapsedMs).toBeLessThan(STOP_MS_MAX);
    // Which of the two exceeds its share of the time first depends on the machine.
    expect(daemon.stdout).toMatch(/"part":"(sample writer|storage)"/);
    expect(postmaster()).toBeNull();
    expect(daemon.stdout.trimEnd().split("\n").at(-1)).toContain('"message":"stopped"');
  }, 90_000);

  test("exits at once on a second signal, with code 1 and an incomplete shutdown", async () => {
    const daemon = await startStuck();

    daemon.kill("SIGTERM");
    const firstMs = await eventually(
      () => stoppingAtMs(daemon),
      (ms) => ms !== null,
    );
    // It counts only a second after the first one.
    await eventually(() => Date.now() - firstMs! > SECOND_SIGNAL_AFTER_MS);
    const ended = await timed(daemon.stop("SIGTERM"));

    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.elapsedMs).toBeLessThan(STOP_MS_MAX / 2);
    expect(daemon.stdout).not.toContain('"message":"stopped"');
  }, 90_000);
});
