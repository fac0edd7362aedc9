import { spawn } from "node:child_process";
import { chownSync, mkdirSync, openSync, closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "./wait.mjs";

/** `nobody` and its group on Debian: started by root, servers run without its privileges. */
const NOBODY = 65_534;
const STOP_TIMEOUT_MS = 15_000;

/**
 * One server of the stack. It has its own session, so that Ctrl-C in a terminal reaches only the script, which then stops
 * its servers in order; the kernel terminates it if the script is killed.
 */
export class Program {
  name;
  ended;
  #logFile;
  #child;
  /** @type {string | null} */
  #end = null;

  /** `command` is a file and its arguments; the log goes to `folder`. */
  constructor(name, { command, folder, env = {}, asNobody = false }) {
    this.name = name;
    this.#logFile = join(folder, `${name}.log`);
    const user = asNobody && isRoot() ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
    const log = openSync(this.#logFile, "w");
    this.#child = spawn("setpriv", ["--pdeathsig", "TERM", ...user, "--", ...command], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).then((end) => (this.#end = end));
  }

  get pid() {
    return this.#child.pid;
  }

  get log() {
    return readFileSync(this.#logFile, "utf8");
  }

  /** Polls until `look` returns a value; fails at once if the program exits. */
  async ready(look, signal) {
    await waitUntil(async () => this.#end !== null || (await look()), {
      what: `${this.name} to be ready (${this.#logFile})`,
      signal,
    });
    if (this.#end !== null) throw new Error(`${this.name} ended with ${this.#end}:\n${tailOf(this.log)}`);
  }

  /** Idempotent, also after its exit. */
  async stop() {
    if (this.#end !== null) return;
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(force);
  }
}

/** A folder that a program running as `nobody` can write to. */
export function folderForNobody(path) {
  mkdirSync(path, { recursive: true });
  if (isRoot()) chownSync(path, NOBODY, NOBODY);
  return path;
}

function isRoot() {
  return process.getuid() === 0;
}

function tailOf(log) {
  return log.trimEnd().split("\n").slice(-10).join("\n");
}
