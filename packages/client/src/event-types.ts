/** The JSON of events and of availability. */

import type { InstanceStatus } from "./types.ts";

export type EventType =
  | "status"
  | "instance_added"
  | "instance_changed"
  | "instance_removed"
  | "daemon_started"
  | "daemon_stopped"
  | "thread_replaced"
  | "clock_stepped"
  | "storage_outage";

export interface Event {
  /** Increases by 1 in the order of storing. */
  id: number;
  at: string;
  type: EventType;
  /** Of an event of a daemon, its host: 0 for this one. */
  instanceId: number;
  /** Of the instance at that time. */
  name: string;
  /** The new status; null unless the type is `status`. */
  status: InstanceStatus | null;
  /** Why it is down; null otherwise. */
  reason: string | null;
  /** What else is known, by type. */
  details: Readonly<Record<string, unknown>> | null;
}

export interface EventList {
  items: Event[];
  nextCursor: string | null;
}

export interface Availability {
  from: string;
  to: string;
  /** Time up as a part of the time up or down, 0 to 1; null when there is neither. */
  availability: number | null;
  upSeconds: number;
  downSeconds: number;
  /** Nobody watched, or no sample came. */
  unknownSeconds: number;
  outages: number;
  longestOutageSeconds: number;
}

export interface InstanceAvailability extends Availability {
  instanceId: number;
  name: string;
}

/** Of an instance in a stream: what changed since the last message. */
export interface InstanceValues {
  instanceId: number;
  status: InstanceStatus;
  reason: string | null;
  since: string;
  /** Of the newest sample; null before the first. */
  timestamp: string | null;
  metrics: Record<string, number | null>;
}
