import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { codeOf } from "../../model/errors.ts";
import { parseStatLine } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";

/**
 * A `stat` for each path, so that what was answered before one hangs is printed already. $0 is the program.
 * The trap lets the shell outlive a SIGTERM until it has reaped its `stat`: where the daemon is process 1 of a container,
 * nobody else would.
 */
const SCRIPT = `trap 'exit 1' TERM; for path do "$0" -f -c '%S %b %f %a %c %d %n' -- "$path"; done`;
/** Nothing of the daemon's environment, which holds secrets, reaches the child. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
/** Longest line kept; the name of a mount point has at most 4096 bytes. */
const LINE_CHARACTERS_MAX = 8192;

export interface MountProbeOptions {
  /** A `stat` that knows `-f -c`. */
  readonly program: string;
  /** A child that lives longer is ended. */
  readonly timeoutMs: number;
  /** Between the starts of two children. */
  readonly periodMs: number;
}

export const MOUNT_PROBE_DEFAULTS: MountProbeOptions = { program: "stat", timeoutMs: 5_000, periodMs: 10_000 };

/** `pending` before the first child had its chance; `timeout` when it hangs; `failed` when it cannot be read. */
export type MountAnswer = FilesystemSizes | "pending" | "timeout" | "failed";

/**
 * Asks for the sizes of mounts whose server may never answer. A thread stuck in such a call can neither be ended nor let the
 * process exit, so a child process is asked, and nobody waits for it:
 *
 *     resting --(period over)--> asking --(child and its pipe closed)--> resting
 *                                  |
 *                                  +--(timeout: SIGTERM, SIGKILL from then on)--> given up --(closed)--> resting
 *
 * A child that even SIGKILL cannot end (uninterruptible sleep) stays outstanding, so that there is never a second one.
 * It is driven by `ask` alone and has no timers.
 */
export class MountProbe {
  readonly #options: MountProbeOptions;
  readonly #known = new Map<string, KnownAnswer>();
  #child: RunningChild | null = null;
  #startedMs = Number.NEGATIVE_INFINITY;

  constructor(options: MountProbeOptions = MOUNT_PROBE_DEFAULTS) {
    this.#options = options;
  }

  /** The child under way, if any. */
  get childPid(): number | null {
    return this.#child?.process.pid ?? null;
  }

  /** Sees to it that `paths` are asked for, at most once a period. Never waits. `nowMs` is a stopwatch's. */
  ask(paths: readonly string[], nowMs: number): void {
    const wanted = new Set(paths);
    for (const path of this.#known.keys()) if (!wanted.has(path)) this.#known.delete(path);
    const child = this.#child;
    if (child !== null) {
      if (nowMs - this.#startedMs >= this.#options.timeoutMs) this.#giveUp(child);
    } else if (wanted.size > 0 && nowMs - this.#startedMs >= this.#options.periodMs) {
      this.#startedMs = nowMs;
      this.#child = this.#start(this.#inOrder([...wanted]));
    }
  }

  /** What is known of `path` now; sizes that are three periods old count as a timeout. */
  answer(path: string, nowMs: number): MountAnswer {
    const known = this.#known.get(path);
    if (known === undefined) return "pending";
    return nowMs - known.askedMs > 3 * this.#options.periodMs ? "timeout" : known.answer;
  }

  /** Ends a child under way; safe twice. */
  close(): void {
    if (this.#child !== null) signalGroup(this.#child, "SIGTERM");
  }

  /** Those that answered come first, so that one that hangs keeps nobody waiting; the others take turns. */
  #inOrder(paths: string[]): string[] {
    const turn = (path: string) => this.#known.get(path)?.turn ?? -1;
    return paths.sort((a, b) => turn(a) - turn(b));
  }

  #start(paths: readonly string[]): RunningChild {
    const process = spawn("/bin/sh", ["-c", SCRIPT, this.#options.program, ...paths], {
      // A group of its own: a Ctrl-C at the terminal does not reach it, and the `stat` of the shell can be killed with it.
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: ENVIRONMENT,
      cwd: "/",
    });
    const child: RunningChild = {
      process,
      unanswered: new Set(paths),
      askedMs: this.#startedMs,
      rest: "",
      givenUp: false,
    };
    process.unref();
    process.stdout.setEncoding("utf8");
    process.stdout.on("data", (chunk: string) => this.#take(child, chunk));
    process.once("error", () => this.#end(child));
    // Not "exit": a `stat` that outlives the shell still holds the pipe.
    process.once("close", () => this.#end(child));
    return child;
  }

  #take(child: RunningChild, chunk: string): void {
    const lines = (child.rest + chunk).split("\n");
    child.rest = lines.pop()!.slice(0, LINE_CHARACTERS_MAX);
    if (child.givenUp) return;
    for (const line of lines) {
      const answer = parseStatLine(line);
      if (answer === null || !child.unanswered.delete(answer.path)) continue;
      this.#known.set(answer.path, { answer: answer.sizes, askedMs: child.askedMs, turn: -1 });
    }
  }

  #giveUp(child: RunningChild): void {
    signalGroup(child, child.givenUp ? "SIGKILL" : "SIGTERM");
    if (child.givenUp) return;
    child.givenUp = true;
    // The first of them hangs, the others had no turn: they come before it next time.
    const [hanging, ...others] = child.unanswered;
    const nextTime = hanging === undefined ? others : [...others, hanging];
    nextTime.forEach((path, turn) => this.#known.set(path, { answer: "timeout", askedMs: child.askedMs, turn }));
  }

  #end(child: RunningChild): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (child.givenUp) return;
    for (const path of child.unanswered) this.#known.set(path, { answer: "failed", askedMs: child.askedMs, turn: 0 });
  }
}

interface KnownAnswer {
  readonly answer: FilesystemSizes | "timeout" | "failed";
  /** When the child that was asked started. */
  readonly askedMs: number;
  /** Place among those asked next time; -1 comes before all that gave no answer. */
  readonly turn: number;
}

interface RunningChild {
  readonly process: ChildProcess;
  /** In the order of asking. */
  readonly unanswered: Set<string>;
  readonly askedMs: number;
  /** Begin of a line whose end has not come yet. */
  rest: string;
  givenUp: boolean;
}

function signalGroup(child: RunningChild, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.process.pid === undefined) return;
  try {
    process.kill(-child.process.pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
