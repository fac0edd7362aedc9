import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Default: the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs a program until it exits, asynchronously, so that a daemon in this process can serve it. */
export async function runProgram(program: string, options: ProgramOptions = {}): Promise<ProgramRun> {
  const { args = [], env, stdin = "" } = options;
  const child = spawn(program, [...args], { env: env ?? process.env });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // The exit code of a program that exits before it has read everything says why.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
