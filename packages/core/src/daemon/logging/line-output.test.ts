import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { FileOutput } from "./line-output.ts";
import { createLogger } from "./logger.ts";

let folder: string;
const descriptors: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "line-output-"));
});

afterEach(() => {
  for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

function open(path: string): FileOutput {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  descriptors.push(descriptor);
  return new FileOutput(descriptor);
}

/** Writes one line and resolves to whether it was accepted. */
function taken(output: FileOutput, line: string): Promise<boolean> {
  return new Promise((resolve) => output.write(line, resolve));
}

describe("a file", () => {
  test("gets its lines in order, and a flush waits for the last", async () => {
    const path = join(folder, "log");
    const output = open(path);
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`);

    for (const line of lines) output.write(line, () => {});
    await output.flush();

    expect(readFileSync(path, "utf8")).toBe(lines.map((line) => `${line}\n`).join(""));
  });

  test("that never accepts anything loses each line, without waiting", async () => {
    const output = open("/dev/full");

    expect([await taken(output, "a"), await taken(output, "b")]).toEqual([false, false]);
    await output.flush();
  });

  test("of a stopped terminal loses the lines beyond 4 MiB and blocks nothing", async () => {
    const fifo = join(folder, "terminal");
    execFileSync("mkfifo", [fifo]);
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const output = open(fifo);
    let lost = 0;

    // A pipe without a reader blocks a write(2) like a terminal after Ctrl-S.
    for (let i = 0; i < 6_000; i++) output.write("x".repeat(1_000), (isTaken) => (lost += isTaken ? 0 : 1));
    const lostAtOnce = lost;
    closeSync(reader);
    await output.flush();

    expect(lostAtOnce).toBeGreaterThan(1_000);
    expect(lost).toBeGreaterThanOrEqual(5_999);
    expect(await taken(output, "after its reader has gone")).toBe(false);
  });
});

const isRoot = process.getuid?.() === 0;

// Mounting needs root, or a user namespace where the kernel allows one.
(isRoot ? describe : describe.skip)("a log on a full disk (needs root, for the mount)", () => {
  let disk: string;

  beforeEach(() => {
    disk = join(folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  });

  afterEach(() => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
    execFileSync("umount", [disk]);
  });

  test("resumes when there is space again, in whole lines, and says how many were lost", async () => {
    const path = join(disk, "log");
    const logger = createLogger({
      level: "info",
      format: "json",
      serviceName: "s",
      clock: new ManualClock(),
      output: open(path),
      isTerminal: false,
    });
    // Leaves a size that is not a multiple of a line, so that one line is truncated.
    writeFileSync(join(disk, "filler"), Buffer.alloc(60 * 1024));
    for (let i = 0; i < 100; i++) logger.info("before", { i });
    await logger.flush();
    for (let i = 0; i < 3; i++) logger.info("nobody reads this");
    await logger.flush();

    rmSync(join(disk, "filler"));
    logger.info("after");
    await logger.flush();

    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const whole = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Record<string, unknown>);
    const written = whole.filter(({ message }) => message === "before").length;
    expect(lines.length - whole.length).toBeLessThanOrEqual(1);
    expect(written).toBeGreaterThan(0);
    expect(whole.at(-2)).toMatchObject({ message: "after" });
    expect(whole.at(-1)).toMatchObject({ level: "warn", component: "log", records: 103 - written });
    expect(logger.linesLost).toBe(103 - written);
  });
});
