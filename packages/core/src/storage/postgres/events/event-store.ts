import type { PoolClient } from "pg";
import type { EventDetails, EventType, StoredEvent } from "../../../model/event.ts";
import type {
  Availability,
  AvailabilityQuery,
  EventQuery,
  EventStore,
  LastStatus,
} from "../../../model/event-store.ts";
import type { FailureReason } from "../../../model/failure.ts";
import type { InstanceStatus } from "../../../model/instance.ts";
import { queryAvailability } from "./availability.ts";

/** Runs `work` with a connection of a started storage, and classifies its errors. */
export type Use = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** Maximum number of instances per statement: far from the statement timeout. */
const PAGE = 5_000;

const COLUMNS = "id::float8, at, instance_id, instance_name, type, status, reason, details";

const LIST = `
  select ${COLUMNS} from event
  where at >= $1::timestamptz and at < $2::timestamptz
    and ($3::int4 is null or instance_id = $3::int4)
    and ($4::text[] is null or type = any($4::text[]))
    and ($5::timestamptz is null or (at, id) < ($5::timestamptz, $6::int8))
  order by at desc, id desc limit $7::int4`;

const AFTER = `select ${COLUMNS} from event where id > $1::int8 order by event.id limit $2::int4`;

const LAST_ID = "select last_id::float8 as id from event_counter";

// One lookup in the index per instance, which stops at the first hit.
const LAST_STATUSES = `
  select i.id as "instanceId", last.status, last.at
  from (
    select id from instance where deleted_at is null and id > $1::int4 order by id limit ${PAGE}
  ) as i
  left join lateral (
    select status, at from event where instance_id = i.id and type = 'status' order by at desc, id desc limit 1
  ) as last on true
  order by i.id`;

/** The events in PostgreSQL, read. They are written by `insertEvents()`, in the transactions of rows and instances. */
export class PostgresEventStore implements EventStore {
  onStored: (() => void) | null = null;
  readonly #use: Use;

  constructor(use: Use) {
    this.#use = use;
  }

  list(query: EventQuery): Promise<readonly StoredEvent[]> {
    const { before, fromMs, instanceId, limit, toMs, types } = query;
    const position = before === null ? [null, null] : [new Date(before.atMs), before.id];
    const values = [new Date(fromMs), new Date(toMs), instanceId, types, ...position, limit];
    return this.#select(LIST, values);
  }

  after(id: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#select(AFTER, [id, limit]);
  }

  lastId(): Promise<number> {
    return this.#use(async (client) => {
      const { rows } = await client.query<{ id: number }>(LAST_ID);
      return rows[0]!.id;
    });
  }

  lastStatuses(): Promise<readonly LastStatus[]> {
    return this.#use(async (client) => {
      const found: LastStatus[] = [];
      for (let afterId = -(2 ** 31); ;) {
        const { rows } = await client.query<LastStatusRow>(LAST_STATUSES, [afterId]);
        for (const { at, instanceId, status } of rows) {
          if (at !== null && status !== null) found.push({ instanceId, status, atMs: at.getTime() });
        }
        const last = rows.at(-1);
        if (rows.length < PAGE || last === undefined) return found;
        afterId = last.instanceId;
      }
    });
  }

  availability(query: AvailabilityQuery): Promise<Availability> {
    return this.#use((client) => queryAvailability(client, query));
  }

  #select(text: string, values: unknown[]): Promise<readonly StoredEvent[]> {
    return this.#use(async (client) => {
      const { rows } = await client.query<EventRow>(text, values);
      return rows.map(eventOf);
    });
  }
}

interface LastStatusRow {
  readonly instanceId: number;
  readonly status: InstanceStatus | null;
  readonly at: Date | null;
}

interface EventRow {
  readonly id: number;
  readonly at: Date;
  readonly instance_id: number;
  readonly instance_name: string;
  readonly type: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly details: EventDetails | null;
}

function eventOf(row: EventRow): StoredEvent {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    instanceId: row.instance_id,
    instanceName: row.instance_name,
    type: row.type as EventType,
    status: row.status as InstanceStatus | null,
    reason: row.reason as FailureReason | null,
    details: row.details,
  };
}
