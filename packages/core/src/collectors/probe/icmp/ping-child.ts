import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SocketAddress } from "node:net";
import { codeOf } from "../../../model/errors.ts";
import { CollectFailure } from "../../../model/failure.ts";
import type { TargetAddress } from "../../targets/target-connector.ts";
import { parsePingLine, parseRefusal } from "./ping-reply.ts";
import type { PingReply } from "./ping-reply.ts";

/** ping(8) at most this often, seconds, so that a reply for a long interval is not an old one. */
const PERIOD_MAX_SECONDS = 60;
/** It ends by itself then, and the next collection starts another: no child outlives a daemon that was killed for long. */
const LIFE_SECONDS = 3_600;

/** A running ping(8) of one address. */
export class PingChild {
  /** The newest reply that nobody took yet. */
  #reply: PingReply | null = null;
  #failure: CollectFailure | null = null;
  /** What a router said since the last reply. */
  #refusal: string | null = null;
  #wake = () => {};
  readonly #end: () => void;

  constructor({ address, family }: TargetAddress, intervalSeconds: number) {
    // Printed from its bytes: what a user typed does not reach a command line.
    const canonical = new SocketAddress({ address, family: family === 6 ? "ipv6" : "ipv4" }).address;
    const period = String(Math.min(intervalSeconds, PERIOD_MAX_SECONDS));
    const child = spawn("ping", ["-n", "-O", "-i", period, "-w", String(LIFE_SECONDS), canonical], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    this.#end = () => child.kill();
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#refusal = parseRefusal(line) ?? this.#refusal;
      this.#take(parsePingLine(line));
    });
    let complaint = "";
    child.stderr.on("data", (text) => (complaint = String(text).trim().slice(0, 200)));
    child.on("error", (error) => this.#fail(notStarted(error)));
    child.on("close", () => this.#fail(this.#noReply() ?? ended(complaint)));
  }

  /** Why it no longer runs; null while it runs. */
  get failure(): CollectFailure | null {
    return this.#failure;
  }

  /** The newest reply since the last call, or the next one. Rejects when ping ends, or the signal aborts. */
  async next(signal: AbortSignal): Promise<PingReply> {
    while (this.#reply === null) {
      if (this.#failure !== null) throw this.#failure;
      if (signal.aborted) throw this.#noReply() ?? new CollectFailure("timeout", "there was no reply");
      await this.#change(signal);
    }
    const reply = this.#reply;
    this.#reply = null;
    return reply;
  }

  /** Why there was none, if a router said so. */
  #noReply(): CollectFailure | null {
    return this.#refusal === null ? null : new CollectFailure("unreachable", `there was no reply: ${this.#refusal}`);
  }

  end(): void {
    this.#end();
  }

  #take(reply: PingReply | null): void {
    if (reply === null) return;
    this.#refusal = null;
    this.#reply = reply;
    this.#wake();
  }

  #fail(failure: CollectFailure): void {
    this.#failure ??= failure;
    this.#wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener("abort", wake);
    });
  }
}

function ended(complaint: string): CollectFailure {
  return new CollectFailure("failed", `ping has ended${complaint === "" ? "" : `: ${complaint}`}`);
}

function notStarted(cause: Error): CollectFailure {
  const message = codeOf(cause) === "ENOENT" ? "ping is not installed (package iputils-ping)" : "ping does not start";
  return new CollectFailure("unsupported", message, { cause });
}
