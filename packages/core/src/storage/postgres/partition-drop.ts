import type { PoolClient } from "pg";
import { createPartition, partitionDay, type PartitionedTable } from "./partitions.ts";
import { isPartitionChanged } from "./sqlstate.ts";

export interface Partition {
  readonly table: PartitionedTable;
  readonly name: string;
  readonly state: "attached" | "detaching" | "detached";
  /** The planner's estimate; null before the table was first analyzed. */
  readonly rows: number | null;
}

/** Includes partitions left detached, or partly so, by an interrupted drop: these come first, since they block further detaching. */
const LIST = `
  select c.relname as name, nullif(c.reltuples, -1)::float8 as rows,
    case when i.inhrelid is null then 'detached' when i.inhdetachpending then 'detaching' else 'attached' end as state
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  where c.relnamespace = (select relnamespace from pg_class where oid = to_regclass($1))
    and c.relkind = 'r' and c.relname ~ ('^' || $1 || '_[0-9]{8}$')
  order by coalesce(i.inhdetachpending, false) desc, c.relname`;

export async function listPartitions(client: PoolClient, table: PartitionedTable): Promise<readonly Partition[]> {
  const { rows } = await client.query<Omit<Partition, "table">>(LIST, [table]);
  return rows.map((row) => ({ ...row, table }));
}

export async function partitionBytes(client: PoolClient, { name }: Partition): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    "select pg_total_relation_size(to_regclass($1))::float8 as bytes",
    [name],
  );
  return rows[0]?.bytes ?? 0;
}

export async function dropPartition(client: PoolClient, partition: Partition): Promise<void> {
  await detach(client, partition);
  await client.query(`drop table if exists ${partition.name}`);
}

/** False when it has rows: then it is kept, including rows that arrived in the meantime. */
export async function dropEmptyPartition(client: PoolClient, partition: Partition): Promise<boolean> {
  const { table, name } = partition;
  if (await hasRows(client, name)) return false;
  await detach(client, partition);
  if (await hasRows(client, name)) {
    await createPartition(client, table, partitionDay(name));
    return false;
  }
  await client.query(`drop table if exists ${name}`);
  return true;
}

/** While one partition is being detached, no other of its table can be. */
export async function isDetaching(client: PoolClient, table: PartitionedTable): Promise<boolean> {
  const pending = await client.query(
    "select from pg_inherits where inhparent = to_regclass($1) and inhdetachpending limit 1",
    [table],
  );
  return pending.rowCount !== 0;
}

/** Concurrently, since a plain drop would block all writers while it waits for a long query. */
async function detach(client: PoolClient, { table, name, state }: Partition): Promise<void> {
  if (state === "detached") return;
  const how = state === "detaching" ? "finalize" : "concurrently";
  await client.query(`alter table ${table} detach partition ${name} ${how}`).catch((error: unknown) => {
    if (!isPartitionChanged(error)) throw error;
  });
}

async function hasRows(client: PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(`select exists (select from ${name}) as found`);
  return rows[0]?.found === true;
}
