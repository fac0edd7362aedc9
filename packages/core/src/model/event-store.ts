import type { EventType, StoredEvent } from "./event.ts";
import type { InstanceStatus } from "./instance.ts";

/**
 * The stored events. They are written with the rows that show them (`SampleRecord.changes`) and with the changes of the
 * instances. Throws CloudMonitorError: `STORE_UNAVAILABLE` (retryable) when the database is unavailable or not yet started.
 */
export interface EventStore {
  /** Called after this process stored events; must not throw. */
  onStored: (() => void) | null;
  /** Those that the query selects, the latest first. */
  list(query: EventQuery): Promise<readonly StoredEvent[]>;
  /** Those with a higher id, in the order of their ids. */
  after(id: number, limit: number): Promise<readonly StoredEvent[]>;
  /** 0 while there is none. */
  lastId(): Promise<number>;
  /** The last `status` event of each instance that is not deleted and has one. */
  lastStatuses(): Promise<readonly LastStatus[]>;
  availability(query: AvailabilityQuery): Promise<Availability>;
}

export interface EventQuery {
  /** Milliseconds since 1970: events from here on, and before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: of all. */
  readonly instanceId: number | null;
  /** Null: all. */
  readonly types: readonly EventType[] | null;
  /** Only events before this one in the order of the list. */
  readonly before: EventPosition | null;
  readonly limit: number;
}

/** The place of an event in a list. */
export interface EventPosition {
  readonly atMs: number;
  readonly id: number;
}

export interface LastStatus {
  readonly instanceId: number;
  readonly status: InstanceStatus;
  readonly atMs: number;
}

export interface AvailabilityQuery {
  /** Null: the sum over all instances, each from its creation to its removal. */
  readonly instanceId: number | null;
  /** Milliseconds since 1970; `toMs` is not in the future. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The rest of the time is unknown: nobody watched, or no row came. */
export interface Availability {
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly unknownSeconds: number;
  /** Uninterrupted times down, and the longest of them. */
  readonly outages: number;
  readonly longestOutageSeconds: number;
}
