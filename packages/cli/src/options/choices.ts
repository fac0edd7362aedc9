import type { EventType, InstanceKind, InstanceStatus, NewInstance, Simulation, SortKey } from "@cloud-monitor/client";

export const STATUSES = ["up", "down", "stale", "pending"] as const satisfies readonly InstanceStatus[];

export const KINDS = ["simulated", "host", "scrape", "probe"] as const satisfies readonly InstanceKind[];

/** Of instances that a user may add. */
export const NEW_KINDS = ["simulated", "scrape", "probe"] as const satisfies readonly NewInstance["kind"][];

export const PROFILES = ["web", "database", "batch", "idle"] as const satisfies readonly Simulation["profile"][];

export const FAULTS = [
  "hang",
  "throw",
  "flap",
  "slow",
  "die",
  "exhaust",
] as const satisfies readonly Simulation["fault"][];

export const EVENT_TYPES = [
  "status",
  "instance_added",
  "instance_changed",
  "instance_removed",
  "daemon_started",
  "daemon_stopped",
  "thread_replaced",
  "clock_stepped",
  "storage_outage",
] as const satisfies readonly EventType[];

export const SORTS = [
  "id",
  "name",
  "status",
  "cpu_usage_percent",
  "memory_usage_percent",
] as const satisfies readonly SortKey[];
