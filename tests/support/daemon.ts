import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf } from "./bundle.ts";
import { eventually } from "./eventually.ts";

export interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Default: a fresh folder, removed by `dispose`. */
  readonly stateDir?: string;
  /** The location of `.env` and `cloud-monitor.yaml`; default: the state folder's parent, which has neither. */
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The daemon's source, which Node runs directly. */
export const MAIN = fileURLToPath(new URL("../../packages/core/src/daemon/main.ts", import.meta.url));

/** Timeout of a shutdown. */
const KILL_AFTER_MS = 60_000;

/** A daemon as started by a user: in its own process, on a port chosen by the kernel. It stops when the test's process is killed. */
export class TestDaemon {
  readonly stateDir: string;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #folder: string | null;
  readonly #url = Promise.withResolvers<string>();
  #stdout = "";
  #stderr = "";

  constructor(options: DaemonOptions = {}) {
    this.#folder = options.stateDir === undefined ? mkdtempSync(join(tmpdir(), "cloud-monitor-e2e-")) : null;
    this.stateDir = options.stateDir ?? join(this.#folder!, "var");
    const program = programOf("packages/core/dist/main.js", MAIN);
    const own = { PATH: process.env["PATH"], HTTP_PORT: "0", STATE_DIR: this.stateDir, CLOUD_MONITOR_PARENT_FD: "3" };
    this.#child = spawn(process.execPath, [...program, ...(options.args ?? [])], {
      cwd: options.cwd ?? this.#folder ?? tmpdir(),
      env: { ...own, ...options.env },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#child.stdout!.on("data", (chunk: Buffer) => this.#onOutput(String(chunk)));
    this.#child.stderr!.on("data", (chunk: Buffer) => (this.#stderr += String(chunk)));
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#url.reject(new Error(`the daemon ended with ${code ?? signal} before it was ready: ${this.stderr}`));
        resolve({ code, signal });
      });
    });
    // A test that expects a failing start waits for the exit, not for the address.
    this.#url.promise.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Base address without a trailing slash, once the daemon is ready. */
  url(): Promise<string> {
    return this.#url.promise;
  }

  /** Once its storage is available as well: a daemon is ready before that. */
  async ready(): Promise<void> {
    await eventually(
      async () => (await this.fetch("/-/ready")).status,
      (status) => status === 200,
    );
  }

  async fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${await this.url()}${path}`, init);
  }

  async json<T>(path: string): Promise<T> {
    return (await this.fetch(path)).json() as Promise<T>;
  }

  send(method: string, path: string, body?: unknown): Promise<Response> {
    const payload =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    return this.fetch(path, { method, ...payload });
  }

  /** Sums a family's samples on /metrics whose label block contains `labels`. */
  async metric(name: string, labels = ""): Promise<number> {
    const text = await (await this.fetch("/metrics")).text();
    return text
      .split("\n")
      .filter((line) => line.startsWith(`${name} `) || (line.startsWith(`${name}{`) && line.includes(labels)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.kill(signal);
    return this.ended;
  }

  /** Stops it if it still runs, and removes its folder. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const force = setTimeout(() => this.kill("SIGKILL"), KILL_AFTER_MS);
      await this.stop();
      clearTimeout(force);
    }
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #onOutput(text: string): void {
    this.#stdout += text;
    const url = /"message":"ready".*?"url":"([^"]+?)\/"/.exec(this.#stdout)?.[1];
    if (url !== undefined) this.#url.resolve(url);
  }
}
