import type { Instance, InstanceKind, Simulation } from "../../model/instance.ts";

/** A row of `instance` as `INSTANCE_COLUMNS` selects it. */
export interface InstanceRow {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly interval_seconds: number;
  readonly kind: string;
  readonly target: string | null;
  readonly profile: string | null;
  readonly module: string | null;
  readonly labels: Record<string, string>;
  readonly simulation: Simulation | null;
  readonly source: string;
  readonly created_at: Date;
}

export const INSTANCE_COLUMNS =
  "id, name, ip, interval_seconds, kind, target, profile, module, labels, simulation, source, created_at";

export function instanceOf(row: InstanceRow): Instance {
  return {
    id: row.id,
    name: row.name,
    ip: row.ip,
    interval: row.interval_seconds,
    kind: row.kind as InstanceKind,
    target: row.target,
    profile: row.profile,
    module: row.module,
    labels: row.labels,
    simulation: row.simulation,
    source: row.source,
    createdAtMs: row.created_at.getTime(),
  };
}
