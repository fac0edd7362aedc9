import type { Instance as ApiInstance } from "@cloud-monitor/client";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Instance } from "../../model/instance.ts";

/** An instance as returned by the API. */
export function presentInstance(fleet: Fleet, instance: Instance): ApiInstance {
  return {
    id: fleet.publicId(instance.id),
    name: instance.name,
    ip: instance.ip,
    interval: instance.interval,
    kind: instance.kind,
    target: instance.target,
    profile: instance.profile,
    module: instance.module,
    labels: instance.labels,
    simulation: instance.simulation,
    source: instance.source,
    status: fleet.statusOf(instance),
    reason: fleet.reasonOf(instance),
    since: new Date(fleet.sinceMsOf(instance)).toISOString(),
    createdAt: new Date(instance.createdAtMs).toISOString(),
  };
}
