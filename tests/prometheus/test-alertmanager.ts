import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROMETHEUS_FOLDER } from "./rule-files.ts";
import { endChild } from "../support/end-child.ts";

export type Labels = Readonly<Record<string, string>>;

interface ListedAlert {
  readonly labels: Labels;
  readonly status: { readonly state: "active" | "suppressed" | "unprocessed" };
}

/** An Alertmanager with the shipped configuration. Tests finish before its first group_wait, so it sends nothing. */
export class TestAlertmanager {
  readonly #folder = mkdtempSync(join(tmpdir(), "cloud-monitor-alertmanager-"));
  readonly #child: ChildProcess;
  readonly #url = Promise.withResolvers<string>();
  #log = "";

  constructor() {
    const options = [
      `--config.file=${PROMETHEUS_FOLDER}alertmanager.yml`,
      `--storage.path=${this.#folder}`,
      "--web.listen-address=127.0.0.1:0",
      "--cluster.listen-address=",
    ];
    this.#child = spawn("prometheus-alertmanager", options, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr!.on("data", (chunk: Buffer) => this.#onLog(String(chunk)));
    this.#child.once("error", (error) => this.#url.reject(error));
    this.#child.once("close", () => this.#url.reject(new Error(`Alertmanager ended: ${this.#log}`)));
    this.#url.promise.catch(() => {});
  }

  async post(alerts: readonly Labels[]): Promise<void> {
    const answer = await fetch(`${await this.#url.promise}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts.map((labels) => ({ labels }))),
    });
    if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
  }

  /** Names of the alerts that would be sent, in order; null while some are unprocessed. */
  async active(): Promise<readonly string[] | null> {
    const answer = await fetch(`${await this.#url.promise}/api/v2/alerts`);
    const alerts = (await answer.json()) as readonly ListedAlert[];
    if (alerts.length === 0 || alerts.some(({ status }) => status.state === "unprocessed")) return null;
    return alerts
      .filter(({ status }) => status.state === "active")
      .map(({ labels }) => labels["name"] ?? labels["alertname"]!)
      .toSorted();
  }

  async dispose(): Promise<void> {
    await endChild(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #onLog(text: string): void {
    this.#log += text;
    const address = /Listening on"? address=(\S+)/.exec(this.#log)?.[1];
    if (address !== undefined) this.#url.resolve(`http://${address}`);
  }
}
