import { spawn } from "node:child_process";
import type { ServerAccount } from "./server-account.ts";
import { failureReason } from "./failure-reason.ts";

export interface ProgramRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly account: ServerAccount | null;
  /** Passed to the program as descriptor 3. */
  readonly folderFd?: number;
  readonly timeoutMs: number;
  /** Kills the program. */
  readonly signal?: AbortSignal;
}

const OUTPUT_BYTES_MAX = 64 * 1024;

/**
 * The daemon's environment is not passed on: it holds secrets, and PG* variables would configure the server.
 * The working directory is one that every user may enter.
 */
export const PROGRAM_ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" } as const;

/** Runs a program until it exits and resolves with its standard output; rejects with the reason unless the exit code is 0. */
export function runProgram(run: ProgramRun): Promise<string> {
  const { file, args, account, folderFd, timeoutMs, signal: abort } = run;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: "/",
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe", folderFd ?? "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      ...(abort === undefined ? {} : { signal: abort }),
      ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
    });
    const output = { stdout: "", stderr: "" };
    child.stdout!.on("data", (chunk: Buffer) => (output.stdout = append(output.stdout, chunk)));
    child.stderr!.on("data", (chunk: Buffer) => (output.stderr = append(output.stderr, chunk)));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output.stdout);
      const how = signal === null ? `exit code ${code}` : `${signal}, timeout ${timeoutMs} ms`;
      reject(new Error(`${file} failed (${how}): ${failureReason(output.stderr)}`));
    });
  });
}

function append(text: string, chunk: Buffer): string {
  return (text + chunk.toString("utf8")).slice(-OUTPUT_BYTES_MAX);
}
