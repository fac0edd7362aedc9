import type { FailureReason } from "./failure.ts";
import type { InstanceStatus } from "./instance.ts";

/**
 * What is remembered as an event. `status`: an instance's status changed. `instance_added`, `instance_changed`,
 * `instance_removed`: the inventory changed. `daemon_started`, `daemon_stopped`, `thread_replaced`, `clock_stepped` and
 * `storage_outage` belong to the daemon's own host.
 */
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
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An event that is not stored yet. */
export interface NewEvent {
  /** When it happened, milliseconds since 1970; of a change of status, the slot of the row that shows it. */
  readonly atMs: number;
  readonly type: EventType;
  /** The stored id of the instance; of a daemon's event, that of its host. */
  readonly instanceId: number;
  /** The name of the instance at that time. */
  readonly instanceName: string;
  /** Of `status` only: the new status, and why it is `down`. */
  readonly status: InstanceStatus | null;
  readonly reason: FailureReason | null;
  /** What else is known, by type: docs/api.md lists the fields. */
  readonly details: EventDetails | null;
}

export type EventDetails = Readonly<Record<string, string | number | readonly string[]>>;

/** A stored event. Ids increase by 1 in the order of storing, across all daemons on a database. */
export interface StoredEvent extends NewEvent {
  readonly id: number;
}

/**
 * Time between two rows of an instance that no row covers: nobody watched it, so it was neither up nor down.
 * Milliseconds since 1970.
 */
export interface UnwatchedTime {
  readonly instanceId: number;
  readonly fromMs: number;
  readonly toMs: number;
}
