import { OutstandingChild, shellArgument } from "../kernel-files/outstanding-child.ts";
import type { ChildRun } from "../kernel-files/outstanding-child.ts";
import { TEXT_FILE_BYTES_MAX, parseTextFile, unreadable } from "./text-file.ts";
import type { TextFile } from "./text-file.ts";

/**
 * Prints, for each folder or file given: `D` and why the folder cannot be entered; per file `F`, its modification time and its
 * path, its lines with `=` before each, and `.` on a line of its own after a line feed; `N` and the path of what is not a
 * regular file; at last `Z`.
 */
const SCRIPT = `
trap 'exit 1' TERM
feed='
'
show() {
  case "$1" in *"$feed"*) return;; esac
  if [ -f "$1" ] && seconds=$(stat -L -c %Y -- "$1")
  then printf 'F%s %s\\n' "$seconds" "$1"; head -c ${TEXT_FILE_BYTES_MAX + 1} -- "$1" | sed 's/^/=/'; printf '\\n.\\n'
  else printf 'N%s\\n' "$1"
  fi
}
for path do
  case "$path" in *\\\\*) path=$(printf '%b.' "$path"); path=\${path%.};; esac
  case "$path" in
  *.prom) show "$path";;
  *)
    if why=$(cd -- "$path" 2>&1 && ls 2>&1 >/dev/null)
    then for file in "$path"/*.prom; do [ -e "$file" ] && show "$file"; done
    else printf 'D%s\\n' "$path"
    fi;;
  esac
done
printf 'Z\\n'`;
const OUTPUT_CHARACTERS_MAX = 4 * TEXT_FILE_BYTES_MAX;
const TIMEOUT_MS = 5_000;
const PERIOD_MS = 5_000;

/** Reads text files of mounts whose server may never respond, in a child process. Driven only by calls of `read`. */
export class RemoteTextFiles {
  readonly #child = new OutstandingChild({ timeoutMs: TIMEOUT_MS, periodMs: PERIOD_MS });
  #files: readonly TextFile[] = [];
  #readMs = Number.NEGATIVE_INFINITY;

  /** The running child, if any. */
  get childPid(): number | null {
    return this.#child.pid;
  }

  /**
   * The files of the latest child: of the given folders, and the given files, whose names end in `.prom`. Never blocks; those
   * of a child that is older than three periods, or was terminated, are not served. `nowMs` is monotonic.
   */
  read(paths: readonly string[], nowMs: number): readonly TextFile[] {
    this.#child.poll(nowMs, () => (paths.length === 0 ? null : this.#run(paths, nowMs)));
    if (paths.length === 0) return [];
    if (nowMs - this.#readMs <= 3 * PERIOD_MS) return this.#files;
    return this.#readMs === Number.NEGATIVE_INFINITY ? [] : paths.map((path) => unreadable(path, "does not respond"));
  }

  #run(paths: readonly string[], startedMs: number): ChildRun {
    let output = "";
    const fail = () =>
      this.#take(
        startedMs,
        paths.map((path) => unreadable(path, "does not respond")),
      );
    return {
      script: SCRIPT,
      words: ["cloud-monitor", ...paths.map(shellArgument)],
      onText: (chunk) => {
        if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk;
      },
      onGivenUp: fail,
      onClosed: (wasGivenUp) => {
        if (wasGivenUp) return;
        if (output.endsWith("Z\n")) this.#take(startedMs, parseOutput(output));
        else fail();
      },
    };
  }

  #take(startedMs: number, files: readonly TextFile[]): void {
    this.#files = files;
    this.#readMs = startedMs;
  }
}

/** The files of the script's output. */
export function parseOutput(output: string): TextFile[] {
  const lines = output.split("\n");
  const files: TextFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const rest = line.slice(1);
    if (line.startsWith("D")) files.push(unreadable(rest, "cannot be listed"));
    if (line.startsWith("N")) files.push(unreadable(rest, "is not a regular file, or cannot be read"));
    if (!line.startsWith("F")) continue;
    const end = lines.indexOf(".", at);
    const content = lines.slice(at + 1, end).map((one) => one.slice(1));
    const [, seconds = "", path = ""] = /^(\d+) (.*)$/s.exec(rest) ?? [];
    files.push(parseTextFile(path, Number(seconds), content.join("\n")));
    at = end;
  }
  return files;
}
