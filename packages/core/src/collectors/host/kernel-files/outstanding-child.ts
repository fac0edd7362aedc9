import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { codeOf } from "../../../model/errors.ts";

/** The daemon's environment, which contains secrets, is not passed to the child. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

export interface OutstandingChildOptions {
  /** A child that runs longer is terminated. */
  readonly timeoutMs: number;
  /** Between the starts of two children. */
  readonly periodMs: number;
}

/** One run of the child. */
export interface ChildRun {
  /** For /bin/sh. */
  readonly script: string;
  /** $0 and the arguments of the script, see `shellArgument`. */
  readonly words: readonly string[];
  /** A part of its output, one character per byte. */
  onText(chunk: string, isGivenUp: boolean): void;
  /** It has run too long; called once. */
  onGivenUp(): void;
  /** It has exited and closed its output, or could not be started. */
  onClosed(wasGivenUp: boolean): void;
}

/**
 * Runs a script that may never end, because it reads a mount whose server does not respond. A thread stuck in such a call can
 * neither be terminated nor let the process exit, so a child process does it, without blocking the caller:
 *
 *     idle --(period over)--> running --(child and its pipe closed)--> idle
 *                                |
 *                                +--(timeout: SIGTERM, SIGKILL from then on)--> abandoned --(closed)--> idle
 *
 * A child that even SIGKILL cannot terminate (uninterruptible sleep) stays outstanding, so that there is never a second
 * one. It is driven only by calls of `poll` and has no timers.
 */
export class OutstandingChild {
  readonly #options: OutstandingChildOptions;
  #child: Child | null = null;
  #startedMs = Number.NEGATIVE_INFINITY;

  constructor(options: OutstandingChildOptions) {
    this.#options = options;
  }

  /** Of the running child, if any. */
  get pid(): number | null {
    return this.#child?.process.pid ?? null;
  }

  /** Starts what `next` returns, at most once per period; null: nothing to do. `nowMs` is monotonic. Never blocks. */
  poll(nowMs: number, next: () => ChildRun | null): void {
    const ranMs = nowMs - this.#startedMs;
    if (this.#child !== null) {
      if (ranMs >= this.#options.timeoutMs) giveUp(this.#child);
      return;
    }
    const run = ranMs >= this.#options.periodMs ? next() : null;
    if (run === null) return;
    this.#startedMs = nowMs;
    this.#child = this.#start(run);
  }

  #start(run: ChildRun): Child {
    const process = spawn("/bin/sh", ["-c", run.script, ...run.words], {
      // Its own process group: a Ctrl-C at the terminal does not reach it, and the shell's own child can be killed with it.
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: ENVIRONMENT,
      cwd: "/",
    });
    const child: Child = { process, run, isGivenUp: false };
    process.unref();
    process.stdout.setEncoding("latin1");
    process.stdout.on("data", (chunk: string) => run.onText(chunk, child.isGivenUp));
    process.once("error", () => this.#end(child));
    // Not "exit": a child of the shell that outlives it still has the pipe open.
    process.once("close", () => this.#end(child));
    return child;
  }

  #end(child: Child): void {
    if (this.#child !== child) return;
    this.#child = null;
    child.run.onClosed(child.isGivenUp);
  }
}

interface Child {
  readonly process: ChildProcess;
  readonly run: ChildRun;
  isGivenUp: boolean;
}

/**
 * Any name of bytes as a word of a script, which unpacks it with `printf %b`: Node encodes arguments as UTF-8, so bytes outside
 * of ASCII, and the backslash, are octal escapes.
 */
export function shellArgument(name: string): string {
  return name.replace(/[^\x01-\x5b\x5d-\x7f]/g, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function giveUp(child: Child): void {
  signalGroup(child.process, child.isGivenUp ? "SIGKILL" : "SIGTERM");
  if (child.isGivenUp) return;
  child.isGivenUp = true;
  child.run.onGivenUp();
}

function signalGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
