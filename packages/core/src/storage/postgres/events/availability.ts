import type { PoolClient } from "pg";
import type { Availability, AvailabilityQuery } from "../../../model/event-store.ts";

/**
 * The status that each instance had from event to event, between its creation and its removal, less the times that nobody
 * watched, which lie within one span each.
 */
const AVAILABILITY = `
  with instances as (
    select id, greatest(created_at, $2::timestamptz) as begins, least(deleted_at, $3::timestamptz) as ends
    from instance
    where ($1::int4 is null or id = $1::int4)
      and created_at < $3::timestamptz and (deleted_at is null or deleted_at > $2::timestamptz)
  ), points as (
    select i.id, i.ends, greatest(e.at, i.begins) as at, e.at as event_at, e.id as event_id, e.status
    from instances as i cross join lateral (
      (select id, at, status from event
        where instance_id = i.id and type = 'status' and at <= i.begins order by at desc, id desc limit 1)
      union all
      (select id, at, status from event
        where instance_id = i.id and type = 'status' and at > i.begins and at < i.ends)
    ) as e
  ), spans as (
    select id, status, at as starts, lead(at, 1, ends) over by_time as stops, lag(status) over by_time as previous
    from points window by_time as (partition by id order by event_at, event_id)
  ), watched as materialized (
    select status, previous, extract(epoch from stops - starts)::float8 as seconds,
      extract(epoch from stops - starts)::float8 - coalesce((
        select sum(extract(epoch from least(u.ended_at, stops) - greatest(u.started_at, starts)))
        from unwatched as u where u.instance_id = spans.id and u.started_at < stops and u.ended_at > starts
      ), 0)::float8 as watched_seconds
    from spans
  )
  select
    (select coalesce(sum(extract(epoch from ends - begins)), 0)::float8 from instances) as seconds,
    coalesce(sum(watched_seconds) filter (where status = 'up'), 0)::float8 as up,
    coalesce(sum(watched_seconds) filter (where status = 'down'), 0)::float8 as down,
    count(*) filter (where status = 'down' and previous is distinct from 'down')::int4 as outages,
    coalesce(max(seconds) filter (where status = 'down'), 0)::float8 as longest
  from watched`;

export async function queryAvailability(
  client: PoolClient,
  { fromMs, instanceId, toMs }: AvailabilityQuery,
): Promise<Availability> {
  const { rows } = await client.query<Row>(AVAILABILITY, [instanceId, new Date(fromMs), new Date(toMs)]);
  const { down, longest, outages, seconds, up } = rows[0]!;
  return {
    upSeconds: up,
    downSeconds: down,
    unknownSeconds: Math.max(0, seconds - up - down),
    outages,
    longestOutageSeconds: longest,
  };
}

interface Row {
  readonly seconds: number;
  readonly up: number;
  readonly down: number;
  readonly outages: number;
  readonly longest: number;
}
