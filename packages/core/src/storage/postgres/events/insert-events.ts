import type { PoolClient } from "pg";
import type { NewEvent, UnwatchedTime } from "../../../model/event.ts";
import { encodeInt4Array, encodeTimestampArray } from "../array-encoder.ts";

/** Locks the counter until the transaction ends, so that a reader never sees an id before a lower one. */
const INSERT_EVENTS = `
  with counter as (
    update event_counter set last_id = last_id + $1::int8 returning last_id - $1::int8 as base
  )
  insert into event (id, at, instance_id, instance_name, type, status, reason, details)
  select base + place, one.at, one.instance_id, one.instance_name, one.type, one.status, one.reason, one.details::jsonb
  from counter, unnest($2::timestamptz[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    with ordinality as one (at, instance_id, instance_name, type, status, reason, details, place)`;

/** A time that was stored before, by a record whose reply was lost, is not stored again. */
const INSERT_UNWATCHED = `
  insert into unwatched (instance_id, started_at, ended_at)
  select unnest($1::int4[]), unnest($2::timestamptz[]), unnest($3::timestamptz[])
  on conflict do nothing`;

/** Stores events in the transaction of `client`, as its last statement: other writers of events wait until it commits. */
export async function insertEvents(client: PoolClient, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(INSERT_EVENTS, [
    events.length,
    encodeTimestampArray(Float64Array.from(events, ({ atMs }) => atMs)),
    encodeInt4Array(Int32Array.from(events, ({ instanceId }) => instanceId)),
    events.map(({ instanceName }) => instanceName),
    events.map(({ type }) => type),
    events.map(({ status }) => status),
    events.map(({ reason }) => reason),
    events.map(({ details }) => details && JSON.stringify(details)),
  ]);
}

export async function insertUnwatched(client: PoolClient, times: readonly UnwatchedTime[]): Promise<void> {
  if (times.length === 0) return;
  await client.query(INSERT_UNWATCHED, [
    encodeInt4Array(Int32Array.from(times, ({ instanceId }) => instanceId)),
    encodeTimestampArray(Float64Array.from(times, ({ fromMs }) => fromMs)),
    encodeTimestampArray(Float64Array.from(times, ({ toMs }) => toMs)),
  ]);
}
