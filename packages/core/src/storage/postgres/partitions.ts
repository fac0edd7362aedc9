import type { PoolClient } from "pg";
import { DAY_MS, rowWindow, startOfDay } from "../row-window.ts";
import type { Connections } from "./connections.ts";
import { isPartitionChanged } from "./sqlstate.ts";

/** Tables partitioned by UTC day of their `ts`. */
const PARTITIONED = ["sample", "batch_seen", "quarantine"] as const;
export type PartitionedTable = (typeof PARTITIONED)[number];

const AHEAD_DAYS = 2;
/**
 * A batch id outlives every row that its batch may bring again: a row is stored at most an hour before its time, and
 * refused once its day is past retention. No longer than 14 days: each write looks into every partition of batch_seen, and
 * a replay later than that still meets the keys of its rows.
 */
const BATCH_SEEN_EXTRA_MS = 2 * DAY_MS;
const BATCH_SEEN_MAX_MS = 14 * DAY_MS;
const QUARANTINE_MS = 7 * DAY_MS;
/** Keys of advisory locks, "cmon" and a number: the second one keeps a second daemon from dropping the same partitions. */
const CREATE_LOCK = 0x636d_6f01;
const DROP_LOCK = 0x636d_6f02;

/** Makes and drops the daily partitions `<table>_YYYYMMDD`; safe with several daemons on one database. */
export class Partitions {
  readonly #connections: Connections;
  readonly #retentionMs: Readonly<Record<PartitionedTable, number>>;
  /** Names of partitions known to be there. */
  readonly #known = new Set<string>();

  constructor(connections: Connections, retentionRawMs: number) {
    this.#connections = connections;
    this.#retentionMs = {
      sample: retentionRawMs,
      batch_seen: Math.min(retentionRawMs + BATCH_SEEN_EXTRA_MS, BATCH_SEEN_MAX_MS),
      quarantine: QUARANTINE_MS,
    };
  }

  /** Makes those partitions of `table` that are not there. `days` are midnights, milliseconds since 1970. */
  async ensure(table: PartitionedTable, days: readonly number[]): Promise<void> {
    const missing = days.filter((day) => !this.#known.has(partitionName(table, day)));
    if (missing.length === 0) return;
    await this.#connections.transaction(async (client) => {
      // `if not exists` alone races with another session that makes the same table.
      await client.query("select pg_advisory_xact_lock($1)", [CREATE_LOCK]);
      for (const day of missing) await createPartition(client, table, day);
    });
    for (const day of missing) this.#known.add(partitionName(table, day));
  }

  /** After an insert found no partition: look again at the next `ensure`. */
  forget(): void {
    this.#known.clear();
  }

  /** Makes the partitions of today and two days ahead, drops those whose whole day is past retention. */
  async maintain(nowMs: number): Promise<void> {
    const today = startOfDay(nowMs);
    const ahead = Array.from({ length: AHEAD_DAYS + 1 }, (_, index) => today + index * DAY_MS);
    for (const table of PARTITIONED) await this.ensure(table, ahead);
    await this.#connections.use(async (client) => {
      const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [DROP_LOCK]);
      if (rows[0]?.held !== true) return;
      try {
        for (const table of PARTITIONED) await this.#dropExpired(client, table, nowMs);
      } finally {
        await client.query("select pg_advisory_unlock($1)", [DROP_LOCK]);
      }
    });
  }

  async #dropExpired(client: PoolClient, table: PartitionedTable, nowMs: number): Promise<void> {
    const oldest = partitionName(table, rowWindow(nowMs, this.#retentionMs[table]).fromMs);
    const partitions = await listPartitions(client, table);
    // Names sort as their days do.
    for (const { name, state } of partitions.filter((partition) => partition.name < oldest)) {
      this.#known.delete(name);
      await dropPartition(client, { table, name, state });
    }
  }
}

export function partitionName(table: PartitionedTable, dayMs: number): string {
  return `${table}_${new Date(dayMs).toISOString().slice(0, 10).replaceAll("-", "")}`;
}

/** A table of its own first, attached then: `create ... partition of` would lock all readers and writers of the parent out. */
async function createPartition(client: PoolClient, table: PartitionedTable, dayMs: number): Promise<void> {
  const name = partitionName(table, dayMs);
  const attached = await client.query("select from pg_inherits where inhrelid = to_regclass($1)", [name]);
  if (attached.rowCount !== 0) return;
  const [from, to] = [dayMs, dayMs + DAY_MS].map((ms) => new Date(ms).toISOString());
  await client.query(`create table if not exists ${name} (like ${table} including all)`);
  await client.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`);
}

type PartitionState = "attached" | "detaching" | "detached";

/** Also those that a drop cut short has left detached, or half so. */
const LIST_PARTITIONS = `
  select c.relname as name,
    case when i.inhrelid is null then 'detached' when i.inhdetachpending then 'detaching' else 'attached' end as state
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  where c.relnamespace = (select relnamespace from pg_class where oid = to_regclass($1))
    and c.relkind = 'r' and c.relname ~ ('^' || $1 || '_[0-9]{8}$')
  order by c.relname`;

async function listPartitions(
  client: PoolClient,
  table: PartitionedTable,
): Promise<readonly { name: string; state: PartitionState }[]> {
  const { rows } = await client.query<{ name: string; state: PartitionState }>(LIST_PARTITIONS, [table]);
  return rows;
}

/** Detached concurrently, since a plain drop would stop all writers while it waits behind one long query. */
async function dropPartition(
  client: PoolClient,
  partition: { table: PartitionedTable; name: string; state: PartitionState },
): Promise<void> {
  const { table, name, state } = partition;
  if (state !== "detached") {
    const how = state === "detaching" ? "finalize" : "concurrently";
    await client.query(`alter table ${table} detach partition ${name} ${how}`).catch((error: unknown) => {
      if (!isPartitionChanged(error)) throw error;
    });
  }
  await client.query(`drop table if exists ${name}`);
}
