import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openStateDir } from "./state-dir.ts";

const FIXTURE = fileURLToPath(new URL("state-dir.fixture.ts", import.meta.url));

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-dir-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  rmSync(folder, { recursive: true });
});

test("a missing folder is made, and can be held again after it was closed", () => {
  const path = join(folder, "a", "b");

  openStateDir(path).close();
  const again = openStateDir(path);

  again.close();
  again.close();
  expect(again.path).toBe(path);
});

test("a second holder is told who holds the folder", async () => {
  const first = await startHolder();

  expect(first.line).toBe("held");
  expect(() => openStateDir(folder)).toThrow(
    expect.objectContaining({
      code: "STATE_DIR_HELD",
      message: expect.stringContaining(`process id ${first.child.pid};`),
    }),
  );
});

test("a holder that was killed leaves the folder free at once", async () => {
  const { child } = await startHolder();

  await end(child);

  expect(openAndClose).not.toThrow();
});

test("of four that start at once, one holds the folder", async () => {
  const holders = await Promise.all([startHolder(), startHolder(), startHolder(), startHolder()]);

  expect(holders.filter(({ line }) => line === "held")).toHaveLength(1);
  expect(holders.filter(({ line }) => line.includes("is held by"))).toHaveLength(3);
});

test("a program started by the holder does not inherit the lock", async () => {
  const held = openStateDir(folder);
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  held.close();

  expect(openAndClose).not.toThrow();
});

test("a folder that cannot be one is named with the remedy", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");

  expect(() => openStateDir(path)).toThrow(
    expect.objectContaining({
      code: "STATE_DIR_UNWRITABLE",
      message: expect.stringMatching(/file cannot be written .*STATE_DIR/),
    }),
  );
});

test("a lock that is a link to elsewhere is refused", () => {
  symlinkSync(join(folder, "target"), join(folder, "lock"));

  expect(() => openStateDir(folder)).toThrow(/ELOOP/);
});

function openAndClose(): void {
  openStateDir(folder).close();
}

async function startHolder(): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [FIXTURE, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, line };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
