import type { NewInstance as GivenInstance } from "@cloud-monitor/client";
import type { NewInstance } from "../../model/instance.ts";
import { inNormalForm } from "../http/normal-form.ts";

/** Fills in the defaults. */
export function newInstance(given: GivenInstance, defaultInterval: number): NewInstance {
  return inNormalForm({
    name: given.name,
    ip: given.ip,
    interval: given.interval ?? defaultInterval,
    kind: given.kind ?? "simulated",
    target: given.target ?? null,
    labels: given.labels ?? {},
    simulation: given.simulation ?? null,
    source: "api",
  });
}
