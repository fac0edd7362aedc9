import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Ended } from "../support/daemon.ts";

/** The first record of `scripts/demo-stack.sh --json`, once everything runs. */
export interface Started {
  readonly folder: string;
  readonly pids: Readonly<Record<"daemon" | "prometheus" | "alertmanager", number>>;
}

/** A message that arrived, `seconds` after its part began: after the failure, or after the recovery. */
export interface Message {
  readonly part: string;
  readonly seconds: number;
  readonly via: "mail" | "webhook" | "slack" | "pagerduty";
  readonly status: "firing" | "resolved" | null;
  readonly title: string;
  readonly text: string;
  /** Label sets; null for a mail. */
  readonly alerts: readonly Readonly<Record<string, string>>[] | null;
}

type Line =
  | ({ readonly event: "started" } & Started)
  | { readonly event: "part"; readonly name: string }
  | { readonly event: "note"; readonly inhibited?: number }
  | ({ readonly event: "message" } & Omit<Message, "part">)
  | { readonly event: "end" };

const SCRIPT = fileURLToPath(new URL("../../scripts/demo-stack.sh", import.meta.url));
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "PROMETHEUS_BIN", "ALERTMANAGER_BIN"];

/** The script as started by a user, in its own process group as in a terminal. */
export class DemoRun {
  readonly messages: Message[] = [];
  readonly ended: Promise<Ended>;
  /** InstanceDown alerts that Alertmanager inhibited. */
  inhibited = 0;
  stderr = "";
  readonly #child: ChildProcess;
  readonly #started = Promise.withResolvers<Started>();
  #part = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const passedOn = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
    this.#child = spawn(SCRIPT, ["--json", ...args], {
      env: { ...passedOn, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    createInterface(this.#child.stdout!).on("line", (line) => this.#onLine(JSON.parse(line) as Line));
    this.#child.stderr!.on("data", (chunk: Buffer) => (this.stderr += String(chunk)));
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#started.reject(new Error(`the script ended with ${code ?? signal}: ${this.stderr}`));
        resolve({ code, signal });
      });
    });
    this.#started.promise.catch(() => {});
  }

  started(): Promise<Started> {
    return this.#started.promise;
  }

  /** To the script and everything else that a terminal would reach. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.#child.pid!, signal);
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signalGroup("SIGTERM");
    await this.ended;
  }

  #onLine(line: Line): void {
    if (line.event === "started") this.#started.resolve(line);
    if (line.event === "part") this.#part = line.name;
    if (line.event === "note") this.inhibited ||= line.inhibited ?? 0;
    if (line.event === "message") this.messages.push({ ...line, part: this.#part });
  }
}
