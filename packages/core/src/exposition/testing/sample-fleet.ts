import type { FleetView } from "../../fleet/fleet-view.ts";
import type { CoreMetric } from "../../model/core-metrics.ts";
import { CORE_METRICS } from "../../model/core-metrics.ts";
import type { Instance, InstanceStatus } from "../../model/instance.ts";
import type { SeriesSnapshot } from "../../model/series-snapshot.ts";

export interface SampleMember {
  readonly instance?: Partial<Instance>;
  readonly status: InstanceStatus;
  /** Unknown if omitted; null for an instance without any sample. */
  readonly values: Partial<Record<CoreMetric, number>> | null;
}

/** A static fleet: the host of this daemon has id -7, and `snapshot` is its latest. */
export function sampleFleet(members: readonly SampleMember[], snapshot: SeriesSnapshot | null = null): FleetView {
  const instances = members.map(({ instance }, index) => sampleInstance({ id: index + 1, ...instance }));
  const statuses = new Map(instances.map((instance, index) => [instance.id, members[index]!.status]));
  const rows = new Map(instances.map(({ id }, index) => [id, members[index]!.values === null ? -1 : index]));
  const counts = { up: 0, down: 0, stale: 0, pending: 0 };
  for (const status of statuses.values()) counts[status]++;
  return {
    size: instances.length,
    hostId: -7,
    instances: () => instances,
    statusOf: ({ id }) => statuses.get(id)!,
    counts: () => counts,
    freshSnapshot: async () => snapshot,
    latest: {
      row: (id) => rows.get(id) ?? -1,
      columns: CORE_METRICS.map(({ name }) => Float64Array.from(members, ({ values }) => values?.[name] ?? Number.NaN)),
    },
  };
}

function sampleInstance(given: Partial<Instance> & { readonly id: number }): Instance {
  return {
    name: `instance-${given.id}`,
    ip: "10.0.0.1",
    interval: 5,
    kind: "simulated",
    target: null,
    profile: null,
    module: null,
    labels: {},
    simulation: null,
    source: "api",
    createdAtMs: 0,
    ...given,
  };
}
