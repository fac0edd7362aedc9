import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import { endpointOf } from "../collectors/targets/endpoint.ts";
import type { ErrorDetail } from "../model/errors.ts";
import type { NewInstance } from "../model/instance.ts";
import { DEFAULT_MODULE, definitionsOf } from "../model/target-definitions.ts";
import type { TargetDefinitions } from "../model/target-definitions.ts";
import { mayUse } from "../platform/host-list.ts";
import { refusalOfHost } from "../platform/target-judge.ts";
import type { TargetRules } from "../platform/target-judge.ts";
import { inNormalForm, tooLongTexts } from "./normal-form.ts";

/** What instances are checked against. */
export interface InstanceRules {
  readonly targets: TargetRules;
  readonly definitions: TargetDefinitions;
}

/** Fills in the defaults; `interval` in seconds. */
export function newInstance(
  given: GivenInstance,
  defaults: { readonly interval: number; readonly source: string },
): NewInstance {
  const kind = given.kind ?? "simulated";
  return inNormalForm({
    name: given.name,
    ip: given.ip,
    interval: given.interval ?? defaults.interval,
    kind,
    target: given.target ?? null,
    profile: given.profile ?? null,
    module: given.module ?? (kind === "probe" ? DEFAULT_MODULE : null),
    labels: given.labels ?? {},
    simulation: given.simulation ?? null,
    source: defaults.source,
  });
}

type Checked = Pick<NewInstance, "name" | "labels" | "kind" | "ip" | "target" | "profile" | "module" | "simulation">;

/** What is wrong with the fields of an instance taken together, with JSON pointers; each field alone is valid. */
export function problemsOfInstance(instance: Checked, rules: InstanceRules): ErrorDetail[] {
  const { kind, module, profile, simulation } = instance;
  const isRemote = kind === "scrape" || kind === "probe";
  const problems = tooLongTexts(instance);
  const refuse = (where: string, message: string) => problems.push({ where, message });
  if (isRemote && simulation !== null) refuse("/simulation", `not allowed for an instance of kind ${kind}`);
  if (!isRemote && profile !== null) refuse("/profile", `not allowed for an instance of kind ${kind}`);
  if (kind !== "probe" && module !== null) refuse("/module", `not allowed for an instance of kind ${kind}`);
  if (!isRemote || problems.length > 0) return problems;
  const found = definitionsOf(instance, rules.definitions);
  if (profile !== null && found.profile === null)
    refuse("/profile", `must be a profile of the daemon's configuration${named(rules.definitions.profiles)}`);
  if (module !== null && found.module === null)
    refuse("/module", `must be a module of the daemon's configuration${named(rules.definitions.modules)}`);
  if (problems.length > 0) return problems;
  const where = instance.target === null ? "/ip" : "/target";
  const endpoint = endpointOf(instance, found.module);
  if (typeof endpoint === "string") return [{ where: "/target", message: `must be ${endpoint}` }];
  const refusal = refusalOfHost(endpoint.host, endpoint.port, rules.targets);
  if (refusal !== null) refuse(where, `must be where the daemon may connect to; this address ${refusal}`);
  if (found.profile !== null && !mayUse(found.profile, endpoint.host))
    refuse(where, "must be one of the hosts that the profile names");
  return problems;
}

function named(definitions: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(definitions).slice(0, NAMED_MAX);
  return names.length === 0 ? ", which has none" : `: ${names.join(", ")}`;
}

/** So that an error stays readable. */
const NAMED_MAX = 20;
