import type { PoolClient } from "pg";

/** Maximum number of rows per statement, of which a maintenance runs two: far from the statement timeout. */
const PURGE_ROWS_MAX = 10_000;
/** The last row of a deleted instance may still wait in a daemon. */
const IN_FLIGHT_MS = 600_000;

/** Instances whose history is past retention: rows from before their deletion have been dropped with their partitions. */
const PURGE_EXPIRED = `
  delete from instance where id in (
    select id from instance where deleted_at < $1::timestamptz order by deleted_at, id limit ${PURGE_ROWS_MAX}
  )`;

/** A page of those deleted since the last page, of which those that never had a row are purged. */
const PURGE_WITHOUT_HISTORY = `
  with page as (
    select id, deleted_at from instance
    where (deleted_at, id) > ($1::timestamptz, $2::int4) and deleted_at < $3::timestamptz
    order by deleted_at, id limit ${PURGE_ROWS_MAX}
  ), purged as (
    delete from instance
    where id in (select id from page where not exists (select from sample where sample.instance_id = page.id))
  )
  select id, deleted_at from page order by deleted_at desc, id desc limit 1`;

/**
 * Removes the rows of deleted instances. Ids come from `instance_counter`, which only increases, so none is reused.
 * Each is checked once for history; those that have any are purged when it is past retention.
 */
export class InstancePurge {
  #lookedThrough = { deletedAt: new Date(0), id: 0 };

  async purgeExpired(client: PoolClient, beforeMs: number): Promise<void> {
    await client.query(PURGE_EXPIRED, [new Date(beforeMs)]);
  }

  async purgeWithoutHistory(client: PoolClient, nowMs: number): Promise<void> {
    const { deletedAt, id } = this.#lookedThrough;
    const values = [deletedAt, id, new Date(nowMs - IN_FLIGHT_MS)];
    const { rows } = await client.query<{ id: number; deleted_at: Date }>(PURGE_WITHOUT_HISTORY, values);
    if (rows[0] !== undefined) this.#lookedThrough = { deletedAt: rows[0].deleted_at, id: rows[0].id };
  }
}
