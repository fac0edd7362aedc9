import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { isAlive } from "./is-alive.ts";
import { RunFolder } from "./run-folder.ts";

const AT_ONCE = 0;

test.each(["working folder", "environment", "arguments"])(
  "a process that was left running is found by its %s, killed and told of, and the folder is gone",
  async (trace) => {
    const run = new RunFolder();
    const folder = join(run.path, "of-a-test");
    mkdirSync(folder);
    const options = { ...(trace === "working folder" && { cwd: folder }), env: { STATE_DIR: "" } };
    if (trace === "environment") options.env.STATE_DIR = folder;
    const file = trace === "arguments" ? join(folder, "log") : "/dev/null";
    const child = spawn("tail", ["-F", file], { ...options, stdio: "ignore" });
    const ended = once(child, "exit");
    await once(child, "spawn");

    const left = await run.dispose(AT_ONCE);

    expect(left).toEqual([{ pid: child.pid, command: `tail -F ${file}` }]);
    await ended;
    expect(isAlive(child.pid!)).toBe(false);
    expect(existsSync(run.path)).toBe(false);
  },
);

test("a run that left nothing is reported as such", async () => {
  const run = new RunFolder();

  expect(await run.dispose(AT_ONCE)).toEqual([]);
});
