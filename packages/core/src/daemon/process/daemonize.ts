import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Clock } from "../../model/clock.ts";
import { openLogFile } from "../logging/open-log-file.ts";
import { PARENT_FD_VARIABLE } from "./parent-watch.ts";
import { failureOf, READY_FD_VARIABLE } from "./ready-pipe.ts";

export interface DaemonizeOptions {
  /** The program's own file, `process.argv[1]`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Receives standard output and error of the daemon. */
  readonly logFile: string;
  readonly clock: Clock;
}

export interface DaemonizeOutcome {
  /** Exit code of the waiting process: 0 when the daemon is ready, else the daemon's own, 1 or 2. */
  readonly exitCode: number;
  /** One line for the user. */
  readonly message: string;
}

/** A first start creates a cluster, and recovery reads up to 512 MB; an init script should not wait forever. */
const READY_TIMEOUT_MS = 90_000;

/** Starts this program again in its own session and waits until it is ready or fails. */
export async function daemonize(options: DaemonizeOptions): Promise<DaemonizeOutcome> {
  const child = await spawnDetached(options);
  const exit = exitCodeOf(child);
  const cancel = options.clock.after(READY_TIMEOUT_MS, () => void child.kill("SIGTERM"));
  const failure = failureOf(await text(child.stdio[3] as Readable));
  if (failure === null) {
    cancel();
    child.unref();
    return { exitCode: 0, message: `the daemon runs with process id ${child.pid} and logs to ${options.logFile}` };
  }
  const exitCode = await exit;
  cancel();
  const reason = failure === "" ? "it ended before it served" : failure;
  return { exitCode: exitCode || 1, message: `the daemon did not start: ${reason}; its log is ${options.logFile}` };
}

async function spawnDetached(options: DaemonizeOptions): Promise<ChildProcess> {
  await using log = await openLogFile(options.logFile);
  return spawn(process.execPath, [...process.execArgv, options.script, ...options.args], {
    detached: true,
    // It must outlive the process that started us, so it does not watch a parent.
    env: { ...options.environment, [PARENT_FD_VARIABLE]: undefined, [READY_FD_VARIABLE]: "3" },
    stdio: ["ignore", log.fd, log.fd, "pipe"],
  });
}

/** 1 for a process that was killed or could not be started. */
function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
