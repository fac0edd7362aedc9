import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import type { NewInstance } from "../../model/instance.ts";
import { problemOfTarget, targetUrl } from "../../collectors/scrape/target-url.ts";
import type { Config } from "../../config/config.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { invalidSentence } from "../http/error-handler.ts";
import { inNormalForm } from "../http/normal-form.ts";

/** Fills in the defaults. Throws `REQUEST_INVALID` where the daemon does not connect to the instance. */
export function newInstance(given: GivenInstance, { instances, targets, http }: InstanceConfig): NewInstance {
  const instance = inNormalForm({
    name: given.name,
    ip: given.ip,
    interval: given.interval ?? instances.defaultInterval,
    kind: given.kind ?? "simulated",
    target: given.target ?? null,
    labels: given.labels ?? {},
    simulation: given.simulation ?? null,
    source: "api",
  });
  checkTarget(instance, { targets, http });
  return instance;
}

/** What the fields of an instance of this kind must be together. Throws `REQUEST_INVALID`. */
export function checkTarget(
  { kind, ip, target, simulation }: Pick<NewInstance, "kind" | "ip" | "target" | "simulation">,
  { targets, http }: Pick<InstanceConfig, "targets" | "http">,
): void {
  if (kind !== "scrape") return;
  const details: ErrorDetail[] = [];
  if (simulation !== null)
    details.push({ where: "/simulation", message: "not allowed for an instance that is scraped" });
  const rules = { allowLoopback: targets.allowLoopback, ownPort: http.port };
  const problem = problemOfTarget(targetUrl({ ip, target }), rules);
  if (problem !== null) details.push({ where: target === null ? "/ip" : "/target", message: `must be ${problem}` });
  if (details.length > 0) throw new CloudMonitorError("REQUEST_INVALID", invalidSentence(details.length), { details });
}

type InstanceConfig = Pick<Config, "instances" | "targets" | "http">;
