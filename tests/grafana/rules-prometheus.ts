import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../support/source-tree.ts";
import { runProgram } from "../support/run-program.ts";
import type { Series } from "../support/prometheus.ts";

/** A rule as Prometheus loaded it. */
export interface LoadedRule {
  readonly type: "recording" | "alerting";
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
}

/** A Prometheus with the shipped configuration and rules; addresses and durations between scrapes differ. */
export class RulesPrometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), "cloud-monitor-grafana-"));
  readonly #url = Promise.withResolvers<string>();
  #child: ChildProcess | null = null;
  #log = "";

  /** `target`: the daemon's host and port. `history`: earlier samples, in OpenMetrics text. */
  async start(target: string, history: string): Promise<void> {
    const shipped = join(REPOSITORY, "prometheus");
    const config = join(this.#folder, "prometheus.yml");
    writeFileSync(config, faster(readFileSync(join(shipped, "prometheus.yml"), "utf8"), target));
    cpSync(join(shipped, "rules"), join(this.#folder, "rules"), { recursive: true });
    for (const name of readdirSync(join(this.#folder, "rules"))) {
      const file = join(this.#folder, "rules", name);
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(/^( +interval:) \w+$/gm, "$1 1s"));
    }
    const data = join(this.#folder, "data");
    await backfill(join(this.#folder, "history.om"), history, data);
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, "--web.listen-address=127.0.0.1:0"];
    this.#child = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr!.on("data", (chunk: Buffer) => this.#onLog(String(chunk)));
    this.#child.once("error", (error) => this.#url.reject(error));
    this.#child.once("close", () => this.#url.reject(new Error(`Prometheus ended: ${this.#log}`)));
    await this.#url.promise;
  }

  /** The result of an instant query; throws with the server's message when it rejects the expression. */
  async query(expression: string): Promise<readonly Series[]> {
    const answer = await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    // While it still replays its log it responds with 503.
    if (answer.status === 503) return [];
    const body = (await answer.json()) as Answer<{ resultType: string; result: readonly Series[] }>;
    if (body.status !== "success") throw new Error(`${body.error}: ${expression}`);
    return body.data.result;
  }

  async rules(): Promise<readonly LoadedRule[]> {
    const answer = await this.#get("/api/v1/rules");
    const { data } = (await answer.json()) as Answer<{ groups: readonly { rules: readonly LoadedRule[] }[] }>;
    return data.groups.flatMap(({ rules }) => rules);
  }

  async dispose(): Promise<void> {
    if (this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = once(this.#child, "close");
      this.#child.kill("SIGTERM");
      await closed;
    }
    this.#url.promise.catch(() => {});
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get(path: string): Promise<Response> {
    return fetch(`${await this.#url.promise}${path}`);
  }

  #onLog(text: string): void {
    this.#log += text;
    const address = /Listening on"? address=(\S+)/.exec(this.#log)?.[1];
    if (address !== undefined) this.#url.resolve(`http://${address}`);
  }
}

interface Answer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}

/** Nothing listens where it looks for itself and for an Alertmanager. */
function faster(config: string, target: string): string {
  return config
    .replaceAll("127.0.0.1:8080", target)
    .replaceAll(/127\.0\.0\.1:909\d/g, "127.0.0.1:9")
    .replaceAll(/(scrape_interval|scrape_timeout|evaluation_interval): \w+/g, "$1: 1s");
}

async function backfill(file: string, history: string, data: string): Promise<void> {
  writeFileSync(file, history);
  const { code, stderr } = await runProgram("promtool", {
    args: ["tsdb", "create-blocks-from", "openmetrics", file, data],
  });
  if (code !== 0) throw new Error(`promtool made no blocks: ${stderr}`);
}
