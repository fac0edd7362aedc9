import type { PoolClient } from "pg";

/** Maximum number of rows per statement, of which a maintenance runs two: far from the statement timeout. */
const ROWS_MAX = 10_000;

/** The last status of an instance that exists stays: it is its status since then. */
const EXPIRE_EVENTS = `
  delete from event where id in (
    select id from event as old
    where at < $1::timestamptz and (
      type <> 'status'
      or exists (
        select from event as later
        where later.instance_id = old.instance_id and later.type = 'status' and later.at > old.at
      )
      or not exists (select from instance where instance.id = old.instance_id and deleted_at is null)
    )
    order by at limit ${ROWS_MAX}
  )`;

const EXPIRE_UNWATCHED = `
  delete from unwatched where (instance_id, started_at) in (
    select instance_id, started_at from unwatched where ended_at < $1::timestamptz order by ended_at limit ${ROWS_MAX}
  )`;

/** Deletes some of the events and unwatched times from before `beforeMs`. */
export async function expireEvents(client: PoolClient, beforeMs: number): Promise<void> {
  await client.query(EXPIRE_EVENTS, [new Date(beforeMs)]);
  await client.query(EXPIRE_UNWATCHED, [new Date(beforeMs)]);
}
