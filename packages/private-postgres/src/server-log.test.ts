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

test("a full log moves aside, and a descriptor opened before goes on writing at its start", () => {
  const log = new ServerLog(join(folder, "postgres.log"), 10);
  const fd = log.open();
  writeSync(fd, "twelve bytes");

  log.trim();
  writeSync(fd, "new");
  closeSync(fd);

  expect(readFileSync(log.path, "utf8")).toBe("new");
  expect(readFileSync(`${log.path}.1`, "utf8")).toBe("twelve bytes");
});

test("a log within its limit stays, and a missing one is no error", () => {
  const log = new ServerLog(join(folder, "postgres.log"), 10);
  log.trim();
  writeFileSync(log.path, "ten bytes!");

  log.trim();

  expect(log.size).toBe(10);
});

test("only what was written after a mark is told", () => {
  const log = new ServerLog(join(folder, "postgres.log"));
  writeFileSync(log.path, "before\none\ntwo\nthree\nfour\n");

  expect(log.since(7)).toBe("two; three; four");
  expect(log.since(log.size)).toBe("");
});

test("the log is the daemon's alone and never a link to elsewhere", () => {
  const log = new ServerLog(join(folder, "postgres.log"));
  closeSync(log.open());
  const linked = new ServerLog(join(folder, "linked.log"));
  symlinkSync(join(folder, "target"), linked.path);

  expect(statSync(log.path).mode & 0o777).toBe(0o600);
  expect(() => linked.open()).toThrow(/ELOOP/);
});

test("a FIFO in the place of the log is refused at once, and one in the place of its predecessor is replaced", () => {
  const path = join(folder, "postgres.log");
  execFileSync("mkfifo", [path, `${path}.1`]);

  expect(() => new ServerLog(path).open()).toThrow(/no regular file|ENXIO/);
  rmSync(path);
  writeFileSync(path, "x".repeat(11));
  new ServerLog(path, 10).trim();

  expect(readFileSync(`${path}.1`, "utf8")).toBe("x".repeat(11));
  expect(statSync(path).size).toBe(0);
});
