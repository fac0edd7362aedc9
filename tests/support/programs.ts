import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "@jest/globals";

/** Registers a test that runs another program. */
export type RegisterTest = (title: string, run: () => Promise<void> | void, timeoutMs?: number) => void;

/**
 * `test`, if the machine has the programs. Otherwise the test is skipped with a title that says so, and in CI a skipped test
 * fails the run (see summary-reporter.mjs): `.ci/run` installs what the tests use.
 */
export function needs(...programs: readonly string[]): RegisterTest {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return (title, run, timeoutMs) => test(title, run, timeoutMs);
  return (title, run) => test.skip(`skipped: needs ${missing.join(", ")}: ${title}`, run);
}

function isInstalled(program: string): boolean {
  return searchPath().some((folder) => isExecutable(join(folder, program)));
}

/** PATH, and the folders of servers, which are not in an ordinary user's PATH. */
export function searchPath(): readonly string[] {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
