import type { DiscoveryJob } from "../../model/discovery-jobs.ts";
import type { LabelSet, Relabelling } from "../relabel/relabel.ts";

/** A target after relabelling, as Prometheus would scrape it. */
export interface DiscoveredTarget {
  /** `host`, `host:port`, `[address]:port`. */
  readonly address: string;
  readonly url: string;
  /** Path and query of the URL. */
  readonly path: string;
  /** Those without a name that begins with two underscores, `job` and `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface RelabelledTarget {
  /** Before relabelling, the address and what the source said of it among them. */
  readonly discovered: Readonly<Record<string, string>>;
  /** Null when it was dropped. */
  readonly target: DiscoveredTarget | null;
}

/** The labels that a target has before relabelling (Prometheus, `PopulateLabels`). */
export function discoveredLabels(
  job: DiscoveryJob,
  address: string,
  labels: Readonly<Record<string, string>>,
): LabelSet {
  const all: LabelSet = new Map([["__address__", address]]);
  for (const [name, value] of Object.entries(labels)) if (value !== "") all.set(name, value);
  const defaults: Record<string, string> = {
    job: job.name,
    __scheme__: job.scheme,
    __metrics_path__: job.metricsPath,
  };
  for (const [name, [first = ""]] of Object.entries(job.params)) defaults[`__param_${name}`] = first;
  for (const [name, value] of Object.entries(defaults)) if (!all.has(name) && value !== "") all.set(name, value);
  return all;
}

/** Applies the rules of a job to a target. */
export function relabelled(job: DiscoveryJob, rules: Relabelling, before: LabelSet): RelabelledTarget {
  const discovered = Object.fromEntries(before);
  const labels = new Map(before);
  const address = rules.apply(labels) ? (labels.get("__address__") ?? "") : "";
  if (address === "") return { discovered, target: null };
  if (!labels.has("instance")) labels.set("instance", address);
  const visible = [...labels].filter(([name]) => !name.startsWith("__"));
  const path = pathOf(job, labels);
  const url = `${labels.get("__scheme__") ?? "http"}://${address}${path}`;
  return { discovered, target: { address, url, path, labels: Object.fromEntries(visible) } };
}

/** That of the targets of a job which no label changes. */
export function defaultPathOf(job: DiscoveryJob): string {
  return pathOf(job, new Map([["__metrics_path__", job.metricsPath]]));
}

/** `__param_<name>` takes the place of the first value of a parameter. */
function pathOf(job: DiscoveryJob, labels: LabelSet): string {
  const params = new Map(Object.entries(job.params).map(([name, values]) => [name, [...values]]));
  for (const [name, value] of labels) {
    if (!name.startsWith(PARAM)) continue;
    const key = name.slice(PARAM.length);
    params.set(key, [value, ...(params.get(key) ?? []).slice(1)]);
  }
  // In the order of names, as Go encodes them.
  const names = [...params.keys()].sort();
  const query = names.flatMap((name) => params.get(name)!.map((value) => `${escaped(name)}=${escaped(value)}`));
  const given = labels.get("__metrics_path__") ?? "";
  const path = given === "" || given.startsWith("/") ? given : `/${given}`;
  return query.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${query.join("&")}`;
}

const PARAM = "__param_";

/** As `QueryEscape` of Go. */
function escaped(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!*'()]/g, hexadecimal)
    .replaceAll("%20", "+");
}

function hexadecimal(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
