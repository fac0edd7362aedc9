import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import type { HostOptions } from "../../collectors/registry.ts";
import type { Clock } from "../../model/clock.ts";
import type { InstanceRef } from "../../model/collector.ts";

/** What a child reads from its standard input, as node:v8 writes it: settings hold regular expressions, which JSON has not. */
export interface ChildTrial {
  readonly instance: InstanceRef;
  readonly host: HostOptions;
}

export interface ChildTrialsOptions {
  readonly clock: Clock;
  readonly host: HostOptions;
  readonly heapMaxMiB: number;
  /** The child answered (its collection returned or threw), or it did not. */
  readonly onResult: (instance: InstanceRef, timestampMs: number, answered: boolean) => void;
}

/** Loading the modules takes 0.1 s on a quiet machine, and seconds on one that starves. */
const ANSWER_MAX_MS = 10_000;
/** A killed child that is stuck in the kernel lives on: it keeps its place. */
const CHILDREN_MAX = 4;

const IS_SOURCE = import.meta.url.endsWith(".ts");
const ENTRY = new URL(IS_SOURCE ? "../worker/child-trial-entry.ts" : "./child-trial-entry.js", import.meta.url);

/**
 * Collects an instance once in a process of its own. A thread that is stuck in the kernel can never be ended and keeps its
 * memory (10 MB); a process can be killed, or left behind. Each instance has one child at most, and a fixed program runs.
 */
export class ChildTrials {
  readonly #options: ChildTrialsOptions;
  readonly #children = new Map<number, ChildProcess>();
  /** Those that wait for a place, and those that run: what they are tried for. */
  readonly #waiting = new Map<number, { readonly instance: InstanceRef; readonly timestampMs: number }>();
  readonly #running = new Map<number, { readonly instance: InstanceRef; readonly timestampMs: number }>();

  constructor(options: ChildTrialsOptions) {
    this.#options = options;
  }

  /** False when the instance waits or runs already: then this slot is given up. */
  due(instance: InstanceRef, timestampMs: number): boolean {
    if (this.#waiting.has(instance.id) || this.#running.has(instance.id)) return false;
    this.#waiting.set(instance.id, { instance, timestampMs });
    this.#next();
    return true;
  }

  /** Nobody waits for this instance any more. Returns how many due collections are given up with it. */
  remove(id: number): number {
    const given = Number(this.#waiting.delete(id)) + Number(this.#running.delete(id));
    this.#children.get(id)?.kill("SIGKILL");
    return given;
  }

  /** Kills what runs. Returns how many due collections are given up. */
  stop(): number {
    return [...this.#waiting.keys(), ...this.#running.keys()].reduce((sum, id) => sum + this.remove(id), 0);
  }

  #next(): void {
    for (const [id, trial] of this.#waiting) {
      if (this.#children.size >= CHILDREN_MAX) return;
      if (this.#children.has(id)) continue;
      this.#waiting.delete(id);
      this.#running.set(id, trial);
      this.#start(trial.instance);
    }
  }

  #start(instance: InstanceRef): void {
    const { clock, heapMaxMiB, host } = this.#options;
    const { id } = instance;
    const flags = [`--max-old-space-size=${heapMaxMiB}`, ...(IS_SOURCE ? ["--conditions=source"] : [])];
    const child = spawn(process.execPath, [...flags, fileURLToPath(ENTRY)], {
      env: {},
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#children.set(id, child);
    const cancel = clock.after(ANSWER_MAX_MS, () => {
      child.kill("SIGKILL");
      this.#finish(id, false);
    });
    const end = (answered: boolean) => {
      cancel();
      if (this.#children.get(id) === child) this.#children.delete(id);
      this.#finish(id, answered);
      this.#next();
    };
    child.on("error", () => end(false));
    child.on("exit", (code) => end(code === 0));
    // A child that ended before it read everything: its exit code tells.
    child.stdin.on("error", () => {});
    child.stdin.end(serialize({ instance, host } satisfies ChildTrial));
    child.unref();
  }

  #finish(id: number, answered: boolean): void {
    const trial = this.#running.get(id);
    if (!this.#running.delete(id)) return;
    this.#options.onResult(trial!.instance, trial!.timestampMs, answered);
  }
}
