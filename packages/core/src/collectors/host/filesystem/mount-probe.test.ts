import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { MountProbe } from "./mount-probe.ts";
import { ScratchFolder, endChild, until } from "../testing/collect-once.ts";

/**
 * A replacement for `stat`: records the path in `asked`, hangs on /hang* while `hanging` exists, fails on /denied* and /fail*.
 * It hangs by reading a FIFO, so that no time passes in this test.
 */
const PROGRAM = `#!/bin/sh
folder=$(dirname "$0")
for path do :; done
echo "$path" >> "$folder/asked"
case "$path" in
/hang*) [ -e "$folder/hanging" ] && read -r _ < "$folder/never";;
/denied*) echo "stat: cannot read file system information for '$path': Permission denied" >&2; exit 1;;
/fail*) exit 1;;
esac
echo "512 100 40 30 20 10"
`;
const OPTIONS_OF_STAT = { program: "stat", timeoutMs: 60_000, periodMs: 60_000 };
const OPTIONS = { timeoutMs: 5000, periodMs: 10_000 };
const ANSWERED = { sizeBytes: 51_200, freeBytes: 20_480, availBytes: 15_360, files: 20, filesFree: 10 };

let folder: ScratchFolder;
let probe: MountProbe;

beforeEach(() => {
  folder = new ScratchFolder();
  chmodSync(folder.write("stat", PROGRAM), 0o755);
  execFileSync("mkfifo", [`${folder.path}/never`]);
  folder.write("hanging", "");
  probe = new MountProbe({ ...OPTIONS, program: `${folder.path}/stat` });
});

afterEach(async () => {
  endChild(probe);
  await until(() => probe.childPid === null);
  folder[Symbol.dispose]();
});

test("serves what one child answered, without ever waiting for it", async () => {
  probe.ask(["/a", "/b c"], 0);
  const before = probe.answer("/a", 0);
  await until(() => probe.childPid === null);

  expect(before).toBeNull();
  expect([probe.answer("/a", 100), probe.answer("/b c", 100)]).toEqual([ANSWERED, ANSWERED]);
});

test("queries again only after ten seconds", async () => {
  for (const atMs of [0, 5000, 9999, 10_000, 15_000]) {
    probe.ask(["/a"], atMs);
    await until(() => probe.childPid === null);
  }

  expect(asked()).toEqual(["/a", "/a"]);
});

test("starts no child when there is nothing to ask", () => {
  probe.ask([], 0);

  expect(probe.childPid).toBeNull();
});

test("a failing mount is distinguished from one that responds", async () => {
  probe.ask(["/fail", "/a"], 0);
  await until(() => probe.childPid === null);

  expect([probe.answer("/fail", 0), probe.answer("/a", 0)]).toEqual(["cannot be read", ANSWERED]);
});

test("a mount without permission has the C library's message", async () => {
  probe.ask(["/denied: No", "/a"], 0);
  await until(() => probe.childPid === null);

  expect([probe.answer("/denied: No", 0), probe.answer("/a", 0)]).toEqual(["permission denied", ANSWERED]);
});

test("queries names of arbitrary bytes unchanged", async () => {
  const names = [
    "/new\nline",
    "/end\n",
    "/-a b",
    "/'q\"$(x)`*",
    "/\\back\\n",
    "/caf\xe9",
    "/caf\xc3\xa9",
    `${"/l".repeat(200)}${"/long".repeat(60)}`,
  ];
  const sizes = new MountProbe(OPTIONS_OF_STAT);
  const here = names.map((name) => `${folder.path}${name}`);
  for (const path of here) mkdirSync(Buffer.from(path, "latin1"), { recursive: true });

  sizes.ask(here, 0);
  await until(() => sizes.childPid === null);

  expect(here.filter((path) => typeof sizes.answer(path, 0) !== "object")).toEqual([]);
});

test("more paths than one command line has room for take turns", async () => {
  const paths = Array.from({ length: 300 }, (_, index) => `/${index}${"\xe9".repeat(500)}`);
  const unanswered = () => paths.filter((path) => probe.answer(path, 10_000) === null).length;
  probe.ask(paths, 0);
  await until(() => probe.childPid === null);
  const afterFirst = unanswered();

  probe.ask(paths, 10_000);
  await until(() => probe.childPid === null);

  expect(afterFirst).toBeGreaterThan(0);
  expect(unanswered()).toBe(0);
});

test("a program that is not there fails every mount", async () => {
  probe = new MountProbe({ ...OPTIONS, program: "/nowhere/stat" });

  probe.ask(["/a"], 0);
  await until(() => probe.childPid === null);

  expect(probe.answer("/a", 0)).toBe("cannot be read");
});

test("while one child hangs no second is started, and after five seconds it is killed with all it started", async () => {
  probe.ask(["/hang"], 0);
  await until(() => asked().length === 1);
  const pid = probe.childPid!;
  probe.ask(["/hang"], 4999);
  const still = probe.childPid;

  probe.ask(["/hang"], 5000);
  await until(() => probe.childPid === null);

  expect(still).toBe(pid);
  expect(asked()).toEqual(["/hang"]);
  expect(probe.answer("/hang", 5000)).toBe("mountpoint timeout");
  expect(groupLives(pid)).toBe(false);
});

test("one that ignores the first signal is killed at the next look", async () => {
  chmodSync(folder.write("stat", `#!/bin/sh\ntrap "" TERM\n${PROGRAM}`), 0o755);
  probe.ask(["/hang"], 0);
  await until(() => asked().length === 1);
  const pid = probe.childPid!;
  probe.ask(["/hang"], 5000);
  const afterFirst = probe.childPid;

  probe.ask(["/hang"], 6000);
  await until(() => probe.childPid === null);

  expect(afterFirst).toBe(pid);
  expect(probe.answer("/hang", 6000)).toBe("mountpoint timeout");
});

test("one that hangs does not delay others, whatever their order", async () => {
  const paths = ["/a", "/hang1", "/b", "/c"];
  probe.ask(paths, 0);
  await until(() => asked().length === 2 && probe.answer("/a", 0) !== "pending");
  probe.ask(paths, 5000);
  await until(() => probe.childPid === null);
  const afterFirst = paths.map((path) => typeof probe.answer(path, 5000));

  probe.ask(paths, 10_000);
  await until(() => asked().length === 6);

  expect(afterFirst).toEqual(["object", "string", "string", "string"]);
  expect(asked().slice(2)).toEqual(["/a", "/b", "/c", "/hang1"]);
});

test("of two that hang the one that recovers is found", async () => {
  const paths = ["/hang1", "/hang2"];
  probe.ask(paths, 0);
  await until(() => asked().length === 1);
  probe.ask(paths, 5000);
  await until(() => probe.childPid === null);

  probe.ask(paths, 10_000);
  await until(() => asked().length === 2);

  expect(asked()).toEqual(["/hang1", "/hang2"]);
});

test("a mount that recovers shows its sizes again", async () => {
  probe.ask(["/hang"], 0);
  await until(() => asked().length === 1);
  probe.ask(["/hang"], 5000);
  await until(() => probe.childPid === null);
  rmSync(`${folder.path}/hanging`);

  probe.ask(["/hang"], 10_000);
  await until(() => probe.childPid === null);

  expect(probe.answer("/hang", 10_000)).toEqual(ANSWERED);
});

test("sizes not updated for three periods are no longer served", async () => {
  probe.ask(["/a"], 0);
  await until(() => probe.childPid === null);

  expect([typeof probe.answer("/a", 30_000), probe.answer("/a", 30_001)]).toEqual(["object", "mountpoint timeout"]);
});

test("drops a removed mount", async () => {
  probe.ask(["/a"], 0);
  await until(() => probe.childPid === null);

  probe.ask([], 1000);

  expect(probe.answer("/a", 1000)).toBeNull();
});

function asked(): string[] {
  const path = `${folder.path}/asked`;
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

function groupLives(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
