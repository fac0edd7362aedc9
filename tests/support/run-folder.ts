import { mkdtempSync, chmodSync, readFileSync, readlinkSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { isAlive } from "./is-alive.ts";

/** A process that a test started and did not stop. */
export interface LeftOver {
  readonly pid: number;
  readonly command: string;
}

/** Time for a terminated process to exit. */
const ENDING_MS = 60_000;

/**
 * The folder of one test run. It is the run's TMPDIR: all files of tests are in it, and every process started by a test can be
 * found by it, because it is in the command line, the environment or the working folder.
 */
export class RunFolder {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), "cm-tests-"));
    // Like /tmp: programs that run as another user create and remove their own folders.
    chmodSync(this.path, 0o1777);
    process.env["TMPDIR"] = this.path;
  }

  /** Removes the folder; resolves to the remaining processes, which it killed. */
  async dispose(endingMs = ENDING_MS): Promise<readonly LeftOver[]> {
    const left = await eventually(
      () => this.#processes(),
      (found) => found.length === 0,
      endingMs,
    ).catch(() => this.#processes());
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    rmSync(this.path, { recursive: true, force: true });
    return left;
  }

  #processes(): readonly LeftOver[] {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid && isAlive(pid) && this.#isOurs(pid))
      .map((pid) => ({ pid, command: textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }));
  }

  #isOurs(pid: number): boolean {
    const traces = [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`].map(textOf);
    return [...traces, targetOf(`/proc/${pid}/cwd`)].some((trace) => trace.includes(this.path));
  }
}

/** Empty for a process that has exited, or is not readable. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
