import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "./private-server-options.ts";
import { readSmallFile } from "./read-small-file.ts";
import { PROGRAM_ENVIRONMENT } from "./run-program.ts";
import type { ServerFolder } from "./server-folder.ts";
import { serverArguments } from "./server-settings.ts";
import { toError } from "./to-error.ts";

/** A running postmaster. */
export interface ServerProcess {
  readonly pid: number;
  /** Started by an earlier daemon that was killed. */
  readonly adopted: boolean;
  /** Resolves when it has exited, with the signal or exit code where they are known. */
  readonly exited: Promise<string>;
  /** No effect once it has exited. */
  signal(signal: NodeJS.Signals): void;
}

const ADOPTED_POLL_MS = 250;

/**
 * Starts the server in a session of its own: in the daemon's process group a Ctrl-C of the terminal stops it 8 ms later,
 * before the last samples are written. Runs `postgres` itself and not pg_ctl, so that its exit is noticed at once.
 */
export async function spawnServer(binDir: string, folder: ServerFolder, logFd: number): Promise<ServerProcess> {
  const { account } = folder;
  const child = spawn(join(binDir, "postgres"), serverArguments(), {
    cwd: "/",
    env: PROGRAM_ENVIRONMENT,
    detached: true,
    stdio: ["ignore", logFd, logFd, folder.fd],
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  const exited = exitOf(child);
  await once(child, "spawn");
  return { pid: child.pid!, adopted: false, exited, signal: (signal) => void child.kill(signal) };
}

/** The server that already runs on the folder, or null. Its exit is found by polling, because it is not our child. */
export function findServer(folder: ServerFolder, clock: Clock): ServerProcess | null {
  const pid = recordedPid(folder);
  if (pid === null || !runsOn(folder, pid)) return null;
  return {
    pid,
    adopted: true,
    exited: exitOfAdopted(folder, pid, clock),
    signal: (signal) => {
      if (runsOn(folder, pid)) sendSignal(pid, signal);
    },
  };
}

/** The process id of the folder's `postmaster.pid`, which a killed server leaves behind. */
export function recordedPid(folder: ServerFolder): number | null {
  const pid = Number.parseInt(readSmallFile(join(folder.path, "data", "postmaster.pid")) ?? "", 10);
  return pid > 1 ? pid : null;
}

/** A server's working directory is its data folder: this tells it from an unrelated process with a reused id. */
function runsOn(folder: ServerFolder, pid: number): boolean {
  const cwd = statOrNull(`/proc/${pid}/cwd`);
  const data = statOrNull(join(folder.path, "data"));
  return cwd !== null && data !== null && cwd.ino === data.ino && cwd.dev === data.dev;
}

function statOrNull(path: string): { dev: bigint; ino: bigint } | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    // Exited, a zombie, or another user's process: none of them is our server.
    return null;
  }
}

async function exitOfAdopted(folder: ServerFolder, pid: number, clock: Clock): Promise<string> {
  while (runsOn(folder, pid)) await clock.sleep(ADOPTED_POLL_MS);
  return "exited";
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (toError(error).code !== "ESRCH") throw error;
  }
}
