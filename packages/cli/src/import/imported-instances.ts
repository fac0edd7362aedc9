import type { NewInstance } from "@cloud-monitor/client";
import type { ConfiguredTarget } from "./scrape-config.ts";

/** Labels that the daemon sets itself, and those of Prometheus for the scrape. */
const NOT_CARRIED = new Set(["id", "name", "ip", "kind", "source", "status", "job", "instance", "le", "quantile"]);
const LABEL_NAME = /^(?!__)[a-z_][a-z0-9_]*$/;

export interface Imported {
  readonly instances: readonly NewInstance[];
  /** What cannot be carried over, for people. */
  readonly leftOut: readonly string[];
}

/** Instances of kind scrape for targets of Prometheus: the name is the job and the address, `node/10.0.0.5:9100`. */
export function importedInstances(targets: readonly ConfiguredTarget[]): Imported {
  const byName = new Map<string, NewInstance>();
  const leftOut: string[] = [];
  for (const target of targets) {
    const name = `${target.job}/${target.address}`;
    const url = URL.parse(`${target.scheme}://${target.address}${target.path}`);
    if (url === null) leftOut.push(`${name}: ${target.address} is no host:port`);
    else if (byName.has(name)) leftOut.push(`${name}: the same job and address again`);
    else byName.set(name, instanceOf(name, url, { target, leftOut }));
  }
  return { instances: [...byName.values()], leftOut };
}

function instanceOf(
  name: string,
  url: URL,
  { target, leftOut }: { readonly target: ConfiguredTarget; readonly leftOut: string[] },
): NewInstance {
  for (const [key, values] of Object.entries(target.params))
    for (const value of values) url.searchParams.append(key, value);
  const labels: Record<string, string> = { prometheus_job: target.job };
  for (const [label, value] of Object.entries(target.labels)) {
    if (LABEL_NAME.test(label) && !NOT_CARRIED.has(label)) labels[label] = value;
    else leftOut.push(`${name}: the label ${label}`);
  }
  return {
    name,
    ip: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    kind: "scrape",
    target: url.href,
    labels,
    ...(target.interval !== null && { interval: target.interval }),
  };
}
