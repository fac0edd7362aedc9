import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.ts";
import { isAlive } from "../support/is-alive.ts";
import { runProgram } from "../support/run-program.ts";
import type { ProgramRun } from "../support/run-program.ts";
import { Checkout } from "./checkout.ts";

/** The `jest` here: records itself and all children of the script, of which the others compute in parallel. */
const JEST = "echo $$ >> calls; cat /proc/$PPID/task/$PPID/children >> children; test ! -e fails";

let checkout: Checkout;

beforeEach(() => {
  checkout = new Checkout();
  checkout.scripts({ jest: `exec sh -c '${JEST}'` });
});

afterEach(() => checkout.dispose());

function repeat(...args: readonly string[]): Promise<ProgramRun> {
  return runProgram(process.execPath, { args: [join(checkout.folder, "scripts/repeat-tests.mjs"), ...args] });
}

function linesOf(file: string): string[] {
  return readFileSync(join(checkout.folder, file), "utf8").trim().split("\n");
}

test("the tests are repeated as requested, beside processes that compute and exit with them", async () => {
  const { code, stdout } = await repeat("--suites", "2", "--whole", "1", "--busy", "2");

  const runs = stdout.split("\n").filter((line) => line.includes("passed"));
  const children = new Set(linesOf("children").join(" ").trim().split(/\s+/));
  const busy = [...children].filter((pid) => !linesOf("calls").includes(pid)).map(Number);
  expect(code).toBe(0);
  expect(runs.map((line) => line.split(":")[0])).toEqual(["suites-1", "suites-2", "whole-1"]);
  expect(linesOf("calls")).toHaveLength(3);
  expect(busy).toHaveLength(2);
  await eventually(() => !busy.some(isAlive));
});

test("a failing run makes the exit code 1, after the others", async () => {
  checkout.write("fails", "");

  const { code, stdout } = await repeat("--suites", "1", "--whole", "1", "--busy", "0");

  expect(code).toBe(1);
  expect(stdout).toContain("suites-1: failed (exit code 1)");
  expect(stdout).toContain("2 runs in");
  expect(stdout).toContain("2 with failures");
});

test("what it does not know is refused with its usage", async () => {
  const { code, stderr } = await repeat("--suites", "many");

  expect(code).toBe(2);
  expect(stderr).toContain("usage: node scripts/repeat-tests.mjs");
});
