import type { PoolClient } from "pg";
import { DAY_MS, startOfDay } from "../row-window.ts";
import type { Connections } from "./connections.ts";

/** Tables partitioned by UTC day of their `ts`. */
export const PARTITIONED = ["sample", "batch_seen", "quarantine"] as const;
export type PartitionedTable = (typeof PARTITIONED)[number];

/** Number of days for which partitions are created ahead. */
export const AHEAD_DAYS = 2;
/** Key of an advisory lock, "cmon" and a number. */
const CREATE_LOCK = 0x636d_6f01;

/** Creates the daily partitions `<table>_YYYYMMDD`; safe with several daemons on one database. */
export class Partitions {
  readonly #connections: Connections;
  /** Names of partitions known to exist. */
  readonly #known = new Set<string>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Creates missing partitions of `table`. `days` are midnights, milliseconds since 1970. */
  async ensure(table: PartitionedTable, days: readonly number[]): Promise<void> {
    const missing = days.filter((day) => !this.#known.has(partitionName(table, day)));
    if (missing.length === 0) return;
    await this.#connections.transaction(async (client) => {
      // `if not exists` alone races with another session that creates the same table.
      await client.query("select pg_advisory_xact_lock($1)", [CREATE_LOCK]);
      for (const day of missing) await createPartition(client, table, day);
    });
    for (const day of missing) this.#known.add(partitionName(table, day));
  }

  /** Creates the partitions of today and of the next two days. */
  async ensureAhead(nowMs: number): Promise<void> {
    const today = startOfDay(nowMs);
    const days = Array.from({ length: AHEAD_DAYS + 1 }, (_, index) => today + index * DAY_MS);
    for (const table of PARTITIONED) await this.ensure(table, days);
  }

  /** Check again at the next `ensure`: an insert found no partition, or this one is about to be dropped. */
  forget(name?: string): void {
    if (name === undefined) this.#known.clear();
    else this.#known.delete(name);
  }
}

export function partitionName(table: PartitionedTable, dayMs: number): string {
  return `${table}_${new Date(dayMs).toISOString().slice(0, 10).replaceAll("-", "")}`;
}

/** Midnight of a partition's day. */
export function partitionDay(name: string): number {
  const [, year, month, day] = /_(\d{4})(\d\d)(\d\d)$/.exec(name)!;
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/** Creates a separate table first, then attaches it: `create ... partition of` would block all readers and writers of the parent. */
export async function createPartition(client: PoolClient, table: PartitionedTable, dayMs: number): Promise<void> {
  const name = partitionName(table, dayMs);
  const attached = await client.query("select from pg_inherits where inhrelid = to_regclass($1)", [name]);
  if (attached.rowCount !== 0) return;
  const [from, to] = [dayMs, dayMs + DAY_MS].map((ms) => new Date(ms).toISOString());
  await client.query(`create table if not exists ${name} (like ${table} including all)`);
  await client.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`);
}
