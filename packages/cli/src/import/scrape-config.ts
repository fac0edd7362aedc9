// As a namespace: an older Node, which lacks globSync, must get far enough to say which one is wanted.
import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../usage-error.ts";

/** A target of a job, with its labels. */
export interface ConfiguredTarget {
  readonly job: string;
  readonly address: string;
  readonly scheme: string;
  readonly path: string;
  /** Parameters of the query. */
  readonly params: Readonly<Record<string, readonly string[]>>;
  /** Seconds; null: the daemon's default. */
  readonly interval: number | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrometheusConfig {
  readonly targets: readonly ConfiguredTarget[];
  /** What cannot be carried over, for people. */
  readonly leftOut: readonly string[];
}

type Section = Readonly<Record<string, unknown>>;

/** Keys of a job that say who may read the target, or how it is reached: a profile has them here. */
const CREDENTIALS = [
  "authorization",
  "basic_auth",
  "oauth2",
  "tls_config",
  "bearer_token",
  "bearer_token_file",
  "http_headers",
  "proxy_url",
];
/** Keys that are carried over, or that have no meaning for a daemon that keeps the series as they are. */
const UNDERSTOOD: ReadonlySet<string> = new Set(
  (
    "job_name static_configs file_sd_configs scrape_interval scrape_timeout metrics_path scheme params " +
    "honor_timestamps track_timestamps_staleness scrape_classic_histograms scrape_protocols fallback_scrape_protocol " +
    "enable_compression sample_limit label_limit target_limit label_name_length_limit label_value_length_limit " +
    "body_size_limit keep_dropped_targets follow_redirects enable_http2 native_histogram_bucket_limit " +
    "metric_name_validation_scheme"
  ).split(" "),
);

/** Reads the targets of a Prometheus configuration that stand in files. Throws UsageError when it cannot be read. */
export function readPrometheusConfig(file: string): PrometheusConfig {
  const config = sectionOf(parseFile(file), file);
  const defaults = sectionOf(config["global"] ?? {}, `${file}: global`);
  const reader = new Reader(dirname(resolve(file)), defaults["scrape_interval"]);
  for (const job of listOf(config["scrape_configs"])) reader.job(sectionOf(job, `${file}: scrape_configs`));
  if (config["scrape_config_files"] !== undefined)
    reader.leftOut.push("scrape_config_files: import those files one by one");
  return reader;
}

class Reader implements PrometheusConfig {
  readonly targets: ConfiguredTarget[] = [];
  readonly leftOut: string[] = [];
  readonly #folder: string;
  readonly #interval: unknown;

  constructor(folder: string, interval: unknown) {
    this.#folder = folder;
    this.#interval = interval;
  }

  job(job: Section): void {
    const name = textOf(job["job_name"], "without a name");
    this.#reportUnknown(name, job);
    const fixed = {
      job: name,
      scheme: textOf(job["scheme"], "http"),
      path: textOf(job["metrics_path"], "/metrics"),
      params: Object.fromEntries(
        Object.entries(sectionOf(job["params"] ?? {}, name)).map(([key, values]) => [key, listOf(values).map(String)]),
      ),
      interval: secondsOf(job["scrape_interval"] ?? this.#interval),
    };
    for (const group of listOf(job["static_configs"])) this.#group(fixed, sectionOf(group, name));
    for (const discovery of listOf(job["file_sd_configs"])) {
      for (const pattern of listOf(sectionOf(discovery, name)["files"])) this.#files(fixed, String(pattern));
    }
  }

  #files(fixed: Omit<ConfiguredTarget, "address" | "labels">, pattern: string): void {
    const files = fs.globSync(resolve(this.#folder, pattern));
    if (files.length === 0) this.leftOut.push(`job ${fixed.job}: no file is named ${pattern}`);
    for (const file of files.sort()) {
      for (const group of listOf(parseFile(file))) this.#group(fixed, sectionOf(group, file));
    }
  }

  #group(fixed: Omit<ConfiguredTarget, "address" | "labels">, group: Section): void {
    const labels = Object.entries(sectionOf(group["labels"] ?? {}, fixed.job)).map(([name, value]) => [
      name,
      String(value),
    ]);
    for (const address of listOf(group["targets"])) {
      this.targets.push({ ...fixed, address: String(address), labels: Object.fromEntries(labels) });
    }
  }

  #reportUnknown(name: string, job: Section): void {
    for (const key of Object.keys(job)) {
      if (UNDERSTOOD.has(key)) continue;
      if (CREDENTIALS.includes(key))
        this.leftOut.push(`job ${name}: ${key}: define a profile (TARGETS_FILE) and name it with --profile`);
      else if (key.endsWith("relabel_configs"))
        this.leftOut.push(`job ${name}: ${key}: labels and targets are as they stand, not relabelled`);
      else if (key.endsWith("_sd_configs"))
        this.leftOut.push(`job ${name}: ${key}: only static_configs and file_sd_configs are read`);
      else this.leftOut.push(`job ${name}: ${key}`);
    }
  }
}

function parseFile(file: string): unknown {
  if (!fs.existsSync(file)) throw new UsageError(`${file}: no such file`);
  try {
    return parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file}: ${Error.isError(error) ? error.message.split("\n")[0] : String(error)}`);
  }
}

function sectionOf(value: unknown, where: string): Section {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Section;
  throw new UsageError(`${where}: found something else than keys and values; is this a configuration of Prometheus?`);
}

/** A value that YAML may take for a number. */
function textOf(value: unknown, fallback: string): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : fallback;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A duration of Prometheus, such as `1m30s`, in whole seconds, at least 1; null when it is none. */
export function secondsOf(duration: unknown): number | null {
  const text = textOf(duration, "");
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
  return Math.min(86_400, Math.max(1, Math.round(seconds)));
}
