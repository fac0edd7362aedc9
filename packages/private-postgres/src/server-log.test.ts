import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ServerLog } from "./server-log.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "server-log-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a full log is rotated, and a descriptor opened before then writes at its start", () => {
  const log = new ServerLog(join(folder, "postgres.log"), 10);
  const fd = log.open();
  writeSync(fd, "twelve bytes");

  log.rotate();
  writeSync(fd, "new");
  closeSync(fd);

  expect(readFileSync(log.path, "utf8")).toBe("new");
  expect(readFileSync(`${log.path}.1`, "utf8")).toBe("twelve bytes");
});

test("a log within its limit is kept, and a missing one is no error", () => {
  const log = new ServerLog(join(folder, "postgres.log"), 10);
  log.rotate();
  writeFileSync(log.path, "ten bytes!");

  log.rotate();

  expect(log.size).toBe(10);
});

test("only what was written after an offset is reported", () => {
  const log = new ServerLog(join(folder, "postgres.log"));
  writeFileSync(log.path, "before\none\ntwo\nthree\nfour\n");

  expect(log.since(7)).toBe("two; three; four");
  expect(log.since(log.size)).toBe("");
});

test("only the daemon may read the log, and a symbolic link is refused", () => {
  const log = new ServerLog(join(folder, "postgres.log"));
  closeSync(log.open());
  const linked = new ServerLog(join(folder, "linked.log"));
  symlinkSync(join(folder, "target"), linked.path);

  expect(statSync(log.path).mode & 0o777).toBe(0o600);
  expect(() => linked.open()).toThrow(/ELOOP/);
});

test("a FIFO in place of the log is refused at once, and one in place of the previous log is replaced", () => {
  const path = join(folder, "postgres.log");
  execFileSync("mkfifo", [path, `${path}.1`]);

  expect(() => new ServerLog(path).open()).toThrow(/not a regular file|ENXIO/);
  rmSync(path);
  writeFileSync(path, "x".repeat(11));
  new ServerLog(path, 10).rotate();

  expect(readFileSync(`${path}.1`, "utf8")).toBe("x".repeat(11));
  expect(statSync(path).size).toBe(0);
});
