import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { messageOf } from "../../model/errors.ts";
import { openStateDir } from "./state-dir.ts";

const FIXTURE = fileURLToPath(new URL("testing/state-dir.fixture.ts", import.meta.url));

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-dir-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  rmSync(folder, { recursive: true });
});

test("a missing folder is created, and can be locked again after it was closed", () => {
  const path = join(folder, "a", "b");

  openStateDir(path).close();
  const again = openStateDir(path);

  again.close();
  again.close();
  expect(again.path).toBe(path);
});

test("a second daemon is told which process has the lock", async () => {
  const first = await startHolder();

  expect(first.line).toBe("held");
  expect(() => openStateDir(folder)).toThrow(
    expect.objectContaining({
      code: "STATE_DIR_HELD",
      message: expect.stringContaining(`process id ${first.child.pid};`),
    }),
  );
});

test("a killed owner releases the lock at once", async () => {
  const { child } = await startHolder();

  await end(child);

  expect(openAndClose).not.toThrow();
});

test("of four concurrent starts, one gets the lock", async () => {
  const holders = await Promise.all([startHolder(), startHolder(), startHolder(), startHolder()]);

  expect(holders.filter(({ line }) => line === "held")).toHaveLength(1);
  expect(holders.filter(({ line }) => line.includes("is in use by"))).toHaveLength(3);
});

test("a program started by the owner does not inherit the lock", async () => {
  const held = openStateDir(folder);
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  held.close();

  expect(openAndClose).not.toThrow();
});

test("an unusable path is reported with the remedy", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");

  expect(() => openStateDir(path)).toThrow(
    expect.objectContaining({
      code: "STATE_DIR_UNWRITABLE",
      message: expect.stringMatching(/file cannot be written .*STATE_DIR/),
    }),
  );
});

test("a lock file that is deleted, replaced or a FIFO lets no second daemon in", async () => {
  const { child, line } = await startHolder();
  rmSync(join(folder, "lock"), { force: true });

  const afterDeletion = messageOfOpening(folder);
  execFileSync("mkfifo", [join(folder, "lock")]);
  const beforeFifo = messageOfOpening(folder);
  unlinkSync(join(folder, "lock"));
  writeFileSync(join(folder, "lock"), "1\n");
  const afterReplacement = messageOfOpening(folder);

  expect(line).toBe("held");
  const named = `is in use by the daemon with process id ${child.pid};`;
  expect([afterDeletion, beforeFifo, afterReplacement]).toEqual(Array(3).fill(expect.stringContaining(named)));
});

test("another path to the same folder has the same lock", async () => {
  const { child } = await startHolder();
  const link = join(folder, "..", `${basename(folder)}-link`);
  symlinkSync(folder, link);

  const message = messageOfOpening(link);
  unlinkSync(link);

  expect(message).toContain(`process id ${child.pid};`);
});

describe("the mode of the folder", () => {
  const modeOf = (path: string) => statSync(path).mode & 0o7777;

  test("is 0700 for a new one, whatever the umask, and its parents keep theirs", () => {
    const path = join(folder, "parent", "var");
    const umask = process.umask(0);

    openStateDir(path).close();
    process.umask(umask);

    expect([modeOf(path), modeOf(join(folder, "parent"))]).toEqual([0o700, 0o777]);
  });

  test.each([
    ["empty", []],
    ["ours", ["instances.json", "notes.txt"]],
  ])("is made 0700 where it is open to others and the folder is %s, which is said", (_words, names) => {
    for (const name of names) writeFileSync(join(folder, name), "");
    chmodSync(folder, 0o755);

    const stateDir = openStateDir(folder);
    stateDir.close();

    expect(modeOf(folder)).toBe(0o700);
    expect(stateDir.warning).toMatch(/accessible to other users \(mode 0755\); it is now 0700/);
  });

  test("is not changed, and the start is refused, if the folder has other files", () => {
    mkdirSync(join(folder, "lib"));
    chmodSync(folder, 0o1777);

    expect(() => openStateDir(folder)).toThrow(
      expect.objectContaining({ code: "STATE_DIR_UNWRITABLE", message: expect.stringMatching(/1777.*STATE_DIR/) }),
    );
    expect(modeOf(folder)).toBe(0o1777);
  });

  test("causes no warning if it is already 0700", () => {
    const stateDir = openStateDir(folder);
    stateDir.close();

    expect(stateDir.warning).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });
});

function messageOfOpening(path: string): string {
  try {
    openStateDir(path).close();
    return "opened";
  } catch (error) {
    return messageOf(error);
  }
}

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
