import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Checkout } from "./checkout.ts";

let checkout: Checkout;

beforeEach(() => {
  checkout = new Checkout();
});

afterEach(() => checkout.dispose());

describe.each(nodes())("with the Node at %s", (node) => {
  test("a first start installs with the pinned pnpm, bundles and runs; a second one only runs", async () => {
    packageNode();
    const first = checkout.run(node, ["start"]);
    await first.daemon();
    first.child.kill("SIGTERM");
    await first.closed;

    const second = checkout.run(node, ["start"]);
    await second.daemon();

    expect(calls()).toEqual([expect.stringContaining("--yes pnpm@1.2.3 install --frozen-lockfile")]);
    expect(first.lines).toContain("bundled");
    expect(second.lines).not.toContain("bundled");
  });

  test("a signal that arrives three times is passed on once, and the daemon's exit code is ours", async () => {
    packageNode();
    const run = checkout.run(node, ["start"]);
    await run.daemon();

    for (let i = 0; i < 3; i++) run.child.kill("SIGINT");

    expect(await run.closed).toEqual({ code: 5, signal: null });
    expect(run.lines.filter((line) => line.startsWith("got"))).toEqual(["got SIGINT"]);
  });

  test("run.mjs exits by the same signal as a killed daemon", async () => {
    packageNode();

    const run = checkout.run(node, ["start", "die"]);

    expect(await run.closed).toEqual({ code: null, signal: "SIGKILL" });
  });
});

test("a change of the lock file installs again, one of a source bundles again", async () => {
  await startAndStop();
  checkout.write("pnpm-lock.yaml", "changed");
  await startAndStop();
  const afterLock = calls().length;
  checkout.write("packages/core/src/index.ts", "export {};");

  const lines = await startAndStop();

  expect(afterLock).toBe(2);
  expect(calls()).toHaveLength(2);
  expect(lines).toContain("bundled");
});

test("an installation that failed is tried again by the next start", async () => {
  checkout.write("no-network", "");
  const failed = await checkout.run(process.execPath, ["start"]).closed;
  execFileSync("rm", [join(checkout.folder, "no-network")]);

  await startAndStop();

  expect(failed.code).toBe(7);
  expect(calls()).toHaveLength(2);
});

test("a HOME that is not there leads the package managers' caches into the checkout", async () => {
  const run = checkout.run(process.execPath, ["start"], { HOME: "/nonexistent" });
  await run.daemon();

  expect(calls()[0]).toContain(`cache=${join(checkout.folder, ".cache", "npm")}`);
});

test("a daemon detects a killed run.mjs", async () => {
  const run = checkout.run(process.execPath, ["start"]);
  await run.daemon();

  run.child.kill("SIGKILL");
  await run.closed;

  expect(run.lines.at(-1)).toBe("parent gone");
});

test("a killed npm has the effect of SIGTERM", async () => {
  const npm = checkout.runBelowNpm(process.execPath);
  await npm.daemon();

  npm.child.kill("SIGKILL");
  await npm.closed;

  expect(npm.lines).toContain("got SIGTERM");
});

test("npm test runs every step, and passes its arguments to jest, which is last", async () => {
  const run = checkout.run(process.execPath, ["test", "one", "two words"]);

  expect(await run.closed).toEqual({ code: 0, signal: null });
  const steps = run.lines.filter((line) => line.startsWith("ran"));
  expect(steps.slice(0, -1).toSorted()).toEqual([
    "ran bundle",
    "ran format:check",
    "ran lint",
    "ran types",
    "ran unused",
  ]);
  expect(steps.at(-1)).toBe("ran jest one two words");
});

test("a failing step ends npm test with its exit code and its output, before jest", async () => {
  checkout.scripts({ lint: "echo a finding >&2; exit 3" });

  const run = checkout.run(process.execPath, ["test"]);

  expect(await run.closed).toEqual({ code: 3, signal: null });
  expect(run.lines).toContain("a finding");
  expect(run.lines).toContain("ran types");
  expect(run.lines).not.toContain("ran jest");
});

test("an unknown command is refused with the known ones", async () => {
  const run = checkout.run(process.execPath, ["strat"]);

  expect(await run.closed).toEqual({ code: 2, signal: null });
  expect(run.lines).toEqual(["run.mjs: unknown command strat; wanted start, test, build"]);
});

/** The one that runs the tests, and the system's if it is older: a first `npm start` has only that. */
function nodes(): string[] {
  const system = "/usr/bin/node";
  return existsSync(system) && system !== process.execPath ? [process.execPath, system] : [process.execPath];
}

/** An old Node starts the packaged one; here a link to ours. */
function packageNode(): void {
  const folder = join(checkout.folder, "node_modules", `node-linux-${process.arch}`, "bin");
  execFileSync("mkdir", ["-p", folder]);
  execFileSync("ln", ["-s", process.execPath, join(folder, "node")]);
}

function calls(): string[] {
  return readFileSync(join(checkout.folder, "npx-calls"), "utf8").trim().split("\n");
}

async function startAndStop(): Promise<string[]> {
  const run = checkout.run(process.execPath, ["start"]);
  await run.daemon();
  run.child.kill("SIGTERM");
  await run.closed;
  return run.lines;
}
