import { OutstandingChild, shellArgument } from "../kernel-files/outstanding-child.ts";
import type { ChildRun } from "../kernel-files/outstanding-child.ts";
import { parseStatOutput } from "./filesystem-sizes.ts";
import type { FilesystemSizes } from "./filesystem-sizes.ts";

/**
 * One `stat` per path, so that results before one that hangs are already printed. $0 is the program. A line has the number
 * of the path, since a path may contain line feeds, and the output of `stat`: sizes, or why there are none.
 * The trap lets the shell survive a SIGTERM until it has reaped its `stat`: if the daemon is process 1 of a container,
 * no other process would.
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
/** Maximum length of a command line; the kernel's limit is 2 MiB, including the environment. */
const ARGUMENT_BYTES_MAX = 512 * 1024;
/** Maximum length of a line. */
const LINE_CHARACTERS_MAX = 1024;
const TIMEOUT = "mountpoint timeout";
/** The program itself could not be run, or its output was invalid. */
const FAILED = "cannot be read";

export interface MountProbeOptions {
  /** A `stat` that supports `-f -c`. */
  readonly program: string;
  /** A child that runs longer is terminated. */
  readonly timeoutMs: number;
  /** Between the starts of two children. */
  readonly periodMs: number;
}

export const MOUNT_PROBE_DEFAULTS: MountProbeOptions = { program: "stat", timeoutMs: 5_000, periodMs: 10_000 };

/** Sizes, or the reason why there are none; null before the first child has run. */
export type MountResult = FilesystemSizes | string | null;

/** Queries the sizes of mounts whose server may never respond, in a child process. Driven only by calls of `ask`. */
export class MountProbe {
  readonly #options: MountProbeOptions;
  readonly #known = new Map<string, KnownResult>();
  readonly #child: OutstandingChild;

  constructor(options: MountProbeOptions = MOUNT_PROBE_DEFAULTS) {
    this.#options = options;
    this.#child = new OutstandingChild(options);
  }

  /** The running child, if any. */
  get childPid(): number | null {
    return this.#child.pid;
  }

  /** Starts a query of `paths` (see byte-name.ts), at most once per period. Never blocks. `nowMs` is monotonic. */
  ask(paths: readonly string[], nowMs: number): void {
    const wanted = new Set(paths);
    for (const path of this.#known.keys()) if (!wanted.has(path)) this.#known.delete(path);
    this.#child.poll(nowMs, () => (wanted.size === 0 ? null : this.#run(this.#inOrder([...wanted]), nowMs)));
  }

  /** The latest result for `path`; sizes older than three periods count as a timeout. */
  answer(path: string, nowMs: number): MountResult {
    const known = this.#known.get(path);
    if (known === undefined) return null;
    return nowMs - known.queriedMs > 3 * this.#options.periodMs ? TIMEOUT : known.answer;
  }

  /**
   * Paths that responded come first, so that one that hangs does not delay them; the others alternate. Paths that do not fit
   * into one command line are the least recently queried ones next time.
   */
  #inOrder(paths: string[]): string[] {
    const turn = (path: string) => this.#known.get(path)?.turn ?? -1;
    const queriedMs = (path: string) => this.#known.get(path)?.queriedMs ?? -1;
    paths.sort((a, b) => turn(a) - turn(b) || queriedMs(a) - queriedMs(b));
    let room = ARGUMENT_BYTES_MAX;
    const tooMany = paths.findIndex((path) => (room -= shellArgument(path).length) < 0);
    return tooMany === -1 ? paths : paths.slice(0, tooMany);
  }

  #run(paths: readonly string[], queriedMs: number): ChildRun {
    const query: Query = { paths, unanswered: new Set(paths), queriedMs, rest: "" };
    return {
      script: SCRIPT,
      words: [this.#options.program, ...paths.map(shellArgument)],
      onText: (chunk, isGivenUp) => this.#take(query, chunk, isGivenUp),
      onGivenUp: () => this.#timeOut(query),
      onClosed: (isGivenUp) => this.#end(query, isGivenUp),
    };
  }

  #take(query: Query, chunk: string, isGivenUp: boolean): void {
    const lines = (query.rest + chunk).split("\n");
    query.rest = lines.pop()!.slice(0, LINE_CHARACTERS_MAX);
    for (const line of lines) {
      const match = /^(\d+) ([+-]) (.*)$/.exec(line);
      const path = match === null ? undefined : query.paths[Number(match[1])];
      // Of an abandoned child, output that was in transit counts; a failure is that of the signal.
      if (match === null || path === undefined || (isGivenUp && match[2] === "-")) continue;
      if (!query.unanswered.delete(path)) continue;
      const answer = match[2] === "+" ? (parseStatOutput(match[3]!) ?? FAILED) : reasonOf(match[3]!);
      const turn = typeof answer === "string" ? 0 : -1;
      this.#known.set(path, { answer, queriedMs: query.queriedMs, turn });
    }
  }

  #timeOut({ unanswered, queriedMs }: Query): void {
    // The first of them hangs, and the others were not tried: they come before it next time.
    const [hanging, ...others] = unanswered;
    const nextTime = hanging === undefined ? others : [...others, hanging];
    nextTime.forEach((path, turn) => this.#known.set(path, { answer: TIMEOUT, queriedMs, turn }));
  }

  #end(query: Query, wasGivenUp: boolean): void {
    // Again: output that was in transit shows that another one hangs.
    if (wasGivenUp) this.#timeOut(query);
    else
      for (const path of query.unanswered)
        this.#known.set(path, { answer: FAILED, queriedMs: query.queriedMs, turn: 0 });
  }
}

interface KnownResult {
  readonly answer: FilesystemSizes | string;
  /** When the child of the latest query started. */
  readonly queriedMs: number;
  /** Position in the next query; -1 comes before all that did not respond. */
  readonly turn: number;
}

/** The paths of one child. */
interface Query {
  /** In order of the query. */
  readonly paths: readonly string[];
  /** The same, without those that responded. */
  readonly unanswered: Set<string>;
  readonly queriedMs: number;
  /** Start of a line whose end has not arrived yet. */
  rest: string;
}

/** The C library's message, in the form used for local mounts: it becomes a label value, so other texts are rejected. */
function reasonOf(words: string): string {
  return /^[A-Z][A-Za-z ,/'()-]{2,79}$/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : FAILED;
}
