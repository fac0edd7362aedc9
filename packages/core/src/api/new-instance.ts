import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import { CloudMonitorError } from "../model/errors.ts";
import type { InstanceKind, NewInstance } from "../model/instance.ts";

/** Kinds that have a collector and may be created. */
const KINDS_COLLECTED: readonly InstanceKind[] = ["simulated"];

/** Fills in what was left out. `REQUEST_INVALID` for a kind that this release does not collect. */
export function newInstance(given: GivenInstance, defaultInterval: number): NewInstance {
  const kind = given.kind ?? "simulated";
  if (!KINDS_COLLECTED.includes(kind)) throw kindNotCollected();
  return {
    name: given.name,
    ip: given.ip,
    interval: given.interval ?? defaultInterval,
    kind,
    target: given.target ?? null,
    labels: given.labels ?? {},
    simulation: given.simulation ?? null,
    source: "api",
  };
}

function kindNotCollected(): CloudMonitorError {
  const message = `must be a kind that this release collects: ${KINDS_COLLECTED.join(", ")}`;
  return new CloudMonitorError("REQUEST_INVALID", "One field is not usable; see errors.", {
    details: [{ where: "/kind", message }],
  });
}
