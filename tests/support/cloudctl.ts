import { fileURLToPath } from "node:url";
import { programOf } from "./bundle.ts";
import { runProgram } from "./run-program.ts";
import type { ProgramRun } from "./run-program.ts";

const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** `cloudctl` as run by a user, in its own process, for the daemon at `url`. */
export function cloudctl(
  url: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramRun> {
  return runProgram(process.execPath, {
    args: [...programOf("packages/cli/dist/cloudctl.js", MAIN), ...args],
    env: { PATH: process.env["PATH"] ?? "", CLOUDCTL_URL: url, ...env },
  });
}
