import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild } from "./end-child.ts";

/** One element of an instant vector. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value as text. */
  readonly value: readonly [number, string];
}

const SHIPPED_CONFIG = fileURLToPath(new URL("../../prometheus/prometheus.yml", import.meta.url));

/** A target that Prometheus would scrape, as /api/v1/targets has it. */
export interface ActiveTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
}

/** A Prometheus on a port chosen by the kernel, with the shipped configuration except for target and intervals, or another one. */
export class TestPrometheus {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #url = Promise.withResolvers<string>();
  #log = "";

  /** The daemon's host and port, or a whole configuration. */
  constructor(given: { readonly target: string } | { readonly config: string }) {
    this.#folder = mkdtempSync(join(tmpdir(), "cloud-monitor-prometheus-"));
    const config = join(this.#folder, "prometheus.yml");
    writeFileSync(config, "config" in given ? given.config : configFor(given.target));
    const data = join(this.#folder, "data");
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, "--web.listen-address=127.0.0.1:0"];
    this.#child = spawn(process.env["PROMETHEUS"] ?? "prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr!.on("data", (chunk: Buffer) => this.#onLog(String(chunk)));
    this.#child.once("error", (error) => this.#url.reject(error));
    this.#child.once("close", () => this.#url.reject(new Error(`Prometheus ended: ${this.#log}`)));
    this.#url.promise.catch(() => {});
  }

  /** The result of an instant query. */
  async query(expression: string): Promise<readonly Series[]> {
    const url = await this.#url.promise;
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    // While it still replays its (empty) log it responds with 503.
    if (answer.status === 503) return [];
    const { data } = (await answer.json()) as { data: { result: readonly Series[] } };
    return data.result;
  }

  /** Those that it would scrape, and the labels of those that relabelling dropped. */
  async targets(): Promise<{ active: readonly ActiveTarget[]; dropped: readonly Record<string, string>[] }> {
    const answer = await fetch(`${await this.#url.promise}/api/v1/targets`);
    if (answer.status === 503) return { active: [], dropped: [] };
    const { data } = (await answer.json()) as {
      data: { activeTargets: ActiveTarget[]; droppedTargets: { discoveredLabels: Record<string, string> }[] };
    };
    return { active: data.activeTargets, dropped: data.droppedTargets.map(({ discoveredLabels }) => discoveredLabels) };
  }

  async dispose(): Promise<void> {
    await endChild(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #onLog(text: string): void {
    this.#log += text;
    const address = /Listening on"?(?: component=\S+)? address=(\S+)/.exec(this.#log)?.[1];
    if (address !== undefined) this.#url.resolve(`http://${address}`);
  }
}

/** Nothing listens at the address where Prometheus scrapes itself: its port is not known beforehand. */
function configFor(target: string): string {
  return readFileSync(SHIPPED_CONFIG, "utf8")
    .replaceAll("127.0.0.1:8080", target)
    .replaceAll("127.0.0.1:9090", "127.0.0.1:9")
    .replaceAll(/scrape_interval: \d+s/g, "scrape_interval: 1s")
    .replaceAll(/scrape_timeout: \d+s/g, "scrape_timeout: 1s");
}
