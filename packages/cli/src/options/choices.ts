import type { EventType, InstanceKind, InstanceStatus, NewInstance, Simulation, SortKey } from "@cloud-monitor/client";

export const STATUSES = every<InstanceStatus>({ up: 1, down: 1, stale: 1, pending: 1 });

export const KINDS = every<InstanceKind>({ simulated: 1, host: 1, scrape: 1, probe: 1 });

/** Of instances that a user may add. */
export const NEW_KINDS = every<NonNullable<NewInstance["kind"]>>({ simulated: 1, scrape: 1, probe: 1 });

export const PROFILES = every<NonNullable<Simulation["profile"]>>({ web: 1, database: 1, batch: 1, idle: 1 });

export const FAULTS = every<NonNullable<Simulation["fault"]>>({
  hang: 1,
  throw: 1,
  flap: 1,
  slow: 1,
  die: 1,
  exhaust: 1,
});

export const EVENT_TYPES = every<EventType>({
  status: 1,
  instance_added: 1,
  instance_changed: 1,
  instance_removed: 1,
  daemon_started: 1,
  daemon_stopped: 1,
  thread_replaced: 1,
  clock_stepped: 1,
  storage_outage: 1,
});

export const SORTS = every<SortKey>({ id: 1, name: 1, status: 1, cpu_usage_percent: 1, memory_usage_percent: 1 });

/** The members of a type; one that is missing, or is none, does not compile. */
function every<T extends string>(members: Readonly<Record<T, 1>>): readonly T[] {
  return Object.keys(members) as T[];
}
