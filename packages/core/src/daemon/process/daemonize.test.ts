import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { daemonize } from "./daemonize.ts";
import type { DaemonizeOutcome } from "./daemonize.ts";

const FIXTURE = fileURLToPath(new URL("testing/daemonize.fixture.ts", import.meta.url));

let folder: string;
let pid: number | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daemonize-"));
});

afterEach(() => {
  if (pid !== null) process.kill(pid, "SIGKILL");
  pid = null;
  rmSync(folder, { recursive: true });
});

test("a ready daemon continues in its own session, logging to its file", async () => {
  const outcome = await start("serve");

  expect(outcome).toMatchObject({ exitCode: 0, message: expect.stringMatching(/process id \d+ and logs to/) });
  pid = Number(/process id (\d+)/.exec(outcome.message)![1]);
  expect(sessionOf(pid)).toBe(pid);
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
  expect(environment).toContain("CLOUD_MONITOR_READY_FD=3");
  expect(environment).not.toContain("CLOUD_MONITOR_PARENT_FD");
  expect(readFileSync(join(folder, "log", "daemon.log"), "utf8")).toBe("serve\n");
});

test("a daemon that fails passes on its reason and its exit code", async () => {
  const outcome = await start("refuse");

  expect(outcome).toMatchObject({ exitCode: 2, message: expect.stringContaining("the port is taken") });
});

test("a daemon that is killed at its start is a failure that names the log", async () => {
  const outcome = await start("crash");

  expect(outcome).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/ended before it served; .*daemon\.log/),
  });
});

test("a FIFO or a link in the place of the log file is refused by name", async () => {
  const logFile = join(folder, "log", "daemon.log");
  mkdirSync(dirname(logFile));
  execFileSync("mkfifo", [logFile]);
  const refusal = expect.objectContaining({ code: "STATE_DIR_UNWRITABLE", message: expect.stringContaining(logFile) });

  await expect(start("serve")).rejects.toEqual(refusal);
  rmSync(logFile);
  symlinkSync(join(folder, "elsewhere"), logFile);
  await expect(start("serve")).rejects.toEqual(refusal);
});

function start(behaviour: string): Promise<DaemonizeOutcome> {
  return daemonize({
    script: FIXTURE,
    args: [behaviour],
    environment: { PATH: "/usr/bin:/bin", CLOUD_MONITOR_PARENT_FD: "3" },
    logFile: join(folder, "log", "daemon.log"),
    clock: new ManualClock(),
  });
}

/** Field 6 of proc(5) `stat`, counted after the name in parentheses. */
function sessionOf(processId: number): number {
  const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}
