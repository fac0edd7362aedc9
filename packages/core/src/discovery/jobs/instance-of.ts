import { createHash } from "node:crypto";
import { DEFAULT_MODULE } from "../../model/target-definitions.ts";
import { oddCharacterOf } from "../../model/schemas/plain-text.ts";
import { newInstance, problemsOfInstance } from "../../fleet/new-instance.ts";
import type { InstanceRules } from "../../fleet/new-instance.ts";
import type { DiscoveryJob } from "../../model/discovery-jobs.ts";
import type { NewInstance } from "../../model/instance.ts";
import { INSTANCE_LIMITS, LABEL_NAME_PATTERN, RESERVED_LABELS } from "../../model/instance.ts";
import { isAddress } from "../../platform/address.ts";
import type { DiscoveredTarget } from "./target-of.ts";

export interface InstanceContext {
  readonly job: DiscoveryJob;
  readonly rules: InstanceRules;
  /** Seconds; for a job without an interval. */
  readonly defaultInterval: number;
  /** Of the job, as `defaultPathOf` gives it. */
  readonly defaultPath: string;
}

/** Set by Prometheus for each target; the name of the instance has both. */
const IN_NAME = new Set(["job", "instance"]);
const RESERVED = new Set<string>(RESERVED_LABELS);

/** The instance for a target, or why there can be none. */
export function instanceOf(target: DiscoveredTarget, context: InstanceContext): NewInstance | string {
  const { defaultInterval, job, rules } = context;
  const host = hostOf(target.address);
  if (host === null) return `${target.address} is no host or host:port`;
  const name = nameOf(context, target);
  const labels = labelsOf(target);
  if (typeof labels === "string") return labels;
  const odd = [name, ...Object.values(labels)].map(oddCharacter).find((character) => character !== null);
  if (odd !== undefined) return `${host}: a label has a character that is not allowed, ${odd}`;
  const instance = newInstance(
    {
      name,
      ip: host,
      kind: job.kind,
      target: targetTextOf(context, host, target),
      interval: job.intervalSeconds ?? defaultInterval,
      labels,
      ...(job.profile !== null && { profile: job.profile }),
      ...(job.module !== null && { module: job.module }),
    },
    { interval: defaultInterval, source: `discovery:${job.name}` },
  );
  const [problem] = problemsOfInstance(instance, rules);
  return problem === undefined ? instance : `${target.address}: "${problem.where.slice(1)}" ${problem.message}`;
}

/** Appended where two targets would have the same name: they differ only in labels. */
export function withHash(name: string, target: DiscoveredTarget): string {
  const hash = createHash("sha256").update(
    JSON.stringify([target.url, Object.entries(target.labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
  return `${name.slice(0, INSTANCE_LIMITS.nameLengthMax - 9)}#${hash.digest("hex").slice(0, 8)}`;
}

/** `<job>/<instance>`, and the path where it is not that of the job. */
function nameOf({ defaultPath, job }: InstanceContext, target: DiscoveredTarget): string {
  const path = target.path === defaultPath ? "" : ` ${target.path}`;
  const full = `${job.name}/${target.labels["instance"]}${path}`.normalize();
  return full.length <= INSTANCE_LIMITS.nameLengthMax ? full : withHash(full, target);
}

/** What a module takes: a URL, an address with its port, or a host. */
function targetTextOf({ job, rules }: InstanceContext, host: string, { address, url }: DiscoveredTarget): string {
  const module = job.module ?? (job.kind === "probe" ? DEFAULT_MODULE : null);
  const prober = module === null ? "http" : (rules.definitions.modules[module]?.prober ?? "http");
  if (prober === "http") return url;
  return prober === "icmp" ? host : address;
}

function labelsOf({ address, labels }: DiscoveredTarget): Record<string, string> | string {
  const kept = new Map<string, string>();
  for (const [given, value] of Object.entries(labels)) {
    if (IN_NAME.has(given)) continue;
    const name = given.toLowerCase();
    const own = RESERVED.has(name) ? `exported_${name}` : name;
    if (!LABEL_NAME_PATTERN.test(own) || own.length > INSTANCE_LIMITS.labelNameLengthMax)
      return `${address}: the label "${given}" cannot be kept; relabelling can give it another name`;
    if (kept.has(own)) return `${address}: two labels are named ${own}; relabelling can give one of them another name`;
    if (value.length > INSTANCE_LIMITS.labelValueLengthMax)
      return `${address}: the label ${own} has more than ${INSTANCE_LIMITS.labelValueLengthMax} characters`;
    kept.set(own, value);
  }
  if (kept.size <= INSTANCE_LIMITS.labelsMax) return Object.fromEntries(kept);
  return `${address}: ${kept.size} labels, at most ${INSTANCE_LIMITS.labelsMax} are kept; labelkeep or labeldrop chooses them`;
}

/** Most texts are plain ASCII, which costs nothing to see. */
function oddCharacter(text: string): string | null {
  return /^[\x20-\x7e]*$/.test(text) ? null : oddCharacterOf(text);
}

/** Null when the address is neither a host nor `host:port`. */
function hostOf(address: string): string | null {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(address) ?? [];
  const host = bracketed ?? plain ?? address;
  return isAddress(host) ? host : null;
}
