import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { removePidFile, writePidFile } from "./pid-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pid-file-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("the PID file holds the process id, replaces an old one, and leaves nothing else", () => {
  const path = join(folder, "daemon.pid");
  writeFileSync(path, "1\n");

  writePidFile(path);

  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  expect(readdirSync(folder)).toEqual(["daemon.pid"]);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot("a full disk costs the file, not the start, and nothing half written stays", () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k,nr_inodes=2", "tmpfs", folder]);
  try {
    writeFileSync(join(folder, "full"), "");

    expect(writePidFile(join(folder, "daemon.pid"))).toContain("ENOSPC");
    expect(readdirSync(folder)).toEqual(["full"]);
  } finally {
    execFileSync("umount", [folder]);
  }
});

test("only our own PID file is removed", async () => {
  const ours = join(folder, "ours.pid");
  const others = join(folder, "others.pid");
  writePidFile(ours);
  writeFileSync(others, "1\n");

  await removePidFile(ours);
  await removePidFile(ours);
  await removePidFile(others);

  expect(existsSync(ours)).toBe(false);
  expect(existsSync(others)).toBe(true);
});

test("a FIFO in place of the PID file, or of its temporary file, blocks nothing", async () => {
  const path = join(folder, "daemon.pid");
  execFileSync("mkfifo", [path, `${path}.${process.pid}`]);

  await removePidFile(path);
  const leftAlone = statSync(path).isFIFO();
  writePidFile(path);

  expect(leftAlone).toBe(true);
  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
});

test("a place that cannot be written is named", () => {
  expect(() => writePidFile(join(folder, "missing", "daemon.pid"))).toThrow(
    expect.objectContaining({ code: "STATE_DIR_UNWRITABLE", message: expect.stringContaining("missing/daemon.pid") }),
  );
});
