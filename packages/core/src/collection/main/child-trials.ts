import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import type { HostOptions } from "../../collectors/registry.ts";
import type { Clock } from "../../model/clock.ts";
import type { InstanceRef } from "../../model/collector.ts";

/** What a child reads from its standard input, serialized by node:v8: settings contain regular expressions, which JSON lacks. */
export interface ChildTrial {
  readonly instance: InstanceRef;
  readonly host: HostOptions;
}

export interface ChildTrialsOptions {
  readonly clock: Clock;
  readonly host: HostOptions;
  readonly heapMaxMiB: number;
  /** `answered`: whether the child's collection returned or threw. */
  readonly onResult: (instance: InstanceRef, timestampMs: number, answered: boolean) => void;
}

/** Loading the modules takes 0.1 s on a quiet machine, and seconds on an overloaded one. */
const ANSWER_MAX_MS = 10_000;
/** A killed child that is stuck in the kernel still exists, and keeps its place. */
const CHILDREN_MAX = 4;

const IS_SOURCE = import.meta.url.endsWith(".ts");
const ENTRY = new URL(IS_SOURCE ? "../worker/child-trial-entry.ts" : "./child-trial-entry.js", import.meta.url);

/**
 * Collects an instance once in a child process. A thread that is stuck in the kernel can never be terminated and keeps its
 * memory (10 MB); a process can be killed or abandoned. Each instance has at most one child, which runs a fixed program.
 */
export class ChildTrials {
  readonly #options: ChildTrialsOptions;
  readonly #children = new Map<number, ChildProcess>();
  /** Instances that wait for a place or run, with the slot that they are tried for. */
  readonly #waiting = new Map<number, { readonly instance: InstanceRef; readonly timestampMs: number }>();
  readonly #running = new Map<number, { readonly instance: InstanceRef; readonly timestampMs: number }>();

  constructor(options: ChildTrialsOptions) {
    this.#options = options;
  }

  /** False when the instance already waits or runs: then this slot is missed. */
  due(instance: InstanceRef, timestampMs: number): boolean {
    if (this.#waiting.has(instance.id) || this.#running.has(instance.id)) return false;
    this.#waiting.set(instance.id, { instance, timestampMs });
    this.#next();
    return true;
  }

  /** The instance is no longer needed. Returns how many due collections are missed. */
  remove(id: number): number {
    const given = Number(this.#waiting.delete(id)) + Number(this.#running.delete(id));
    this.#children.get(id)?.kill("SIGKILL");
    return given;
  }

  /** Kills running children. Returns how many due collections are missed. */
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
    // The child exited before it read everything: its exit code says why.
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
