import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { codeOf } from "../../../model/errors.ts";
import { parseStatOutput } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";

/**
 * A `stat` for each path, so that what was answered before one hangs is printed already. $0 is the program. A line tells which
 * path it is about by number, for a path may hold line feeds, and what `stat` wrote: sizes, or why there are none.
 * The trap lets the shell outlive a SIGTERM until it has reaped its `stat`: where the daemon is process 1 of a container,
 * nobody else would.
 */
const SCRIPT = `
trap 'exit 1' TERM
number=0
for path do
  case "$path" in *\\\\*) path=$(printf '%b.' "$path"); path=\${path%.};; esac
  if text=$("$0" -f -c '%S %b %f %a %c %d' -- "$path" 2>&1)
  then printf '%d + %s\\n' "$number" "$text"
  else printf '%d - %s\\n' "$number" "\${text##*: }"
  fi
  number=$((number + 1))
done`;
/** Nothing of the daemon's environment, which holds secrets, reaches the child. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
/** Of one command line; the kernel refuses more than 2 MiB with all that belongs to it. */
const ARGUMENT_BYTES_MAX = 512 * 1024;
/** Longest line kept. */
const LINE_CHARACTERS_MAX = 1024;
const TIMEOUT = "mountpoint timeout";
/** When the program itself could not be run, or said something odd. */
const FAILED = "cannot be read";

export interface MountProbeOptions {
  /** A `stat` that knows `-f -c`. */
  readonly program: string;
  /** A child that lives longer is ended. */
  readonly timeoutMs: number;
  /** Between the starts of two children. */
  readonly periodMs: number;
}

export const MOUNT_PROBE_DEFAULTS: MountProbeOptions = { program: "stat", timeoutMs: 5_000, periodMs: 10_000 };

/** Sizes, or in words why there are none; null before the first child had its chance. */
export type MountAnswer = FilesystemSizes | string | null;

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

  /** Sees to it that `paths` (see byte-name.ts) are asked for, at most once a period. Never waits. `nowMs` is monotonic. */
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
    if (known === undefined) return null;
    return nowMs - known.askedMs > 3 * this.#options.periodMs ? TIMEOUT : known.answer;
  }

  /**
   * Those that answered come first, so that one that hangs keeps nobody waiting; the others take turns. What does not fit into
   * one command line was asked for longest ago next time.
   */
  #inOrder(paths: string[]): string[] {
    const turn = (path: string) => this.#known.get(path)?.turn ?? -1;
    const askedMs = (path: string) => this.#known.get(path)?.askedMs ?? -1;
    paths.sort((a, b) => turn(a) - turn(b) || askedMs(a) - askedMs(b));
    let room = ARGUMENT_BYTES_MAX;
    const tooMany = paths.findIndex((path) => (room -= asArgument(path).length) < 0);
    return tooMany === -1 ? paths : paths.slice(0, tooMany);
  }

  #start(paths: readonly string[]): RunningChild {
    const process = spawn("/bin/sh", ["-c", SCRIPT, this.#options.program, ...paths.map(asArgument)], {
      // A group of its own: a Ctrl-C at the terminal does not reach it, and the `stat` of the shell can be killed with it.
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: ENVIRONMENT,
      cwd: "/",
    });
    const child: RunningChild = {
      process,
      paths,
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
    for (const line of lines) {
      const match = /^(\d+) ([+-]) (.*)$/.exec(line);
      const path = match === null ? undefined : child.paths[Number(match[1])];
      // Of a child that was given up the answers that were under way count; a failure is that of the signal.
      if (match === null || path === undefined || (child.givenUp && match[2] === "-")) continue;
      if (!child.unanswered.delete(path)) continue;
      const answer = match[2] === "+" ? (parseStatOutput(match[3]!) ?? FAILED) : reasonOf(match[3]!);
      const turn = typeof answer === "string" ? 0 : -1;
      this.#known.set(path, { answer, askedMs: child.askedMs, turn });
    }
  }

  #giveUp(child: RunningChild): void {
    signalGroup(child, child.givenUp ? "SIGKILL" : "SIGTERM");
    if (child.givenUp) return;
    child.givenUp = true;
    this.#timeOut(child);
  }

  #timeOut({ unanswered, askedMs }: RunningChild): void {
    // The first of them hangs, the others had no turn: they come before it next time.
    const [hanging, ...others] = unanswered;
    const nextTime = hanging === undefined ? others : [...others, hanging];
    nextTime.forEach((path, turn) => this.#known.set(path, { answer: TIMEOUT, askedMs, turn }));
  }

  #end(child: RunningChild): void {
    if (this.#child !== child) return;
    this.#child = null;
    // Once more: an answer that was under way tells that another one hangs.
    if (child.givenUp) this.#timeOut(child);
    else
      for (const path of child.unanswered) this.#known.set(path, { answer: FAILED, askedMs: child.askedMs, turn: 0 });
  }
}

interface KnownAnswer {
  readonly answer: FilesystemSizes | string;
  /** When the child that was asked started. */
  readonly askedMs: number;
  /** Place among those asked next time; -1 comes before all that gave no answer. */
  readonly turn: number;
}

interface RunningChild {
  readonly process: ChildProcess;
  /** In the order of asking. */
  readonly paths: readonly string[];
  /** The same, without those that answered. */
  readonly unanswered: Set<string>;
  readonly askedMs: number;
  /** Begin of a line whose end has not come yet. */
  rest: string;
  givenUp: boolean;
}

/** An argument is UTF-8 to Node: other bytes, and the backslash, as printf(1) writes them in octal. */
function asArgument(path: string): string {
  return path.replace(/[^\x01-\x5b\x5d-\x7f]/g, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** The C library's words, written as for local mounts: a label shows them, so nothing else passes. */
function reasonOf(words: string): string {
  return /^[A-Z][A-Za-z ,/'()-]{2,79}$/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : FAILED;
}

function signalGroup(child: RunningChild, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.process.pid === undefined) return;
  try {
    process.kill(-child.process.pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
