import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { yieldToLoop } from "../../platform/system-clock.ts";

let folder: string;
const left: number[] = [];
/** Some seconds. */
const LOOKS_MAX = 100_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "end-process-"));
  // Opening it for reading waits in the kernel for a writer.
  execFileSync("mkfifo", [join(folder, "fifo")]);
});

afterEach(() => {
  for (const pid of left.splice(0)) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true });
});

/** With a thread and four file operations stuck in the kernel, a child in its session and one in its own session. */
function script(): string {
  const fifo = JSON.stringify(join(folder, "fifo"));
  return `
    import { spawn } from "node:child_process";
    import { open } from "node:fs";
    import { Worker } from "node:worker_threads";
    import { endProcess } from ${JSON.stringify(new URL("end-process.ts", import.meta.url).href)};
    const reader = 'import { openSync } from "node:fs"; import { parentPort } from "node:worker_threads"; parentPort.postMessage("opening"); openSync(' + JSON.stringify(${fifo}) + ')';
    const stuck = new Worker(reader, { eval: true });
    for (let i = 0; i < 4; i++) open(${fifo}, () => {});
    const children = [false, true].map((detached) => spawn("sleep", ["60"], { detached, stdio: "ignore" }).pid);
    stuck.once("message", () => process.stdout.write(JSON.stringify(children) + "\\n", () => endProcess(7)));`;
}

function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
}

async function endOf(file: string, args: readonly string[]) {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const children = JSON.parse(output) as [number, number];
  left.push(...children);
  // A killed process runs on until the kernel schedules it once more.
  for (let looks = 0; looks < LOOKS_MAX && isRunning(children[0]); looks++) await yieldToLoop();
  return { code, signal, isRunning: children.map(isRunning) };
}

const nodeArgs = () => ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script()];

test("a process exits with its code although threads are stuck, and kills children that are not detached", async () => {
  expect(await endOf(process.execPath, nodeArgs())).toEqual({ code: 7, signal: null, isRunning: [false, true] });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot("it needs no shell for that (needs root, to hide the machine's)", async () => {
  const hideShell = 'mount --bind /dev/null /bin/sh && exec "$0" "$@"';

  const end = await endOf("unshare", ["--mount", "bash", "-c", hideShell, process.execPath, ...nodeArgs()]);

  expect(end).toEqual({ code: 7, signal: null, isRunning: [false, true] });
});
