import type { Pool } from "pg";
import { CloudMonitorError } from "../../model/errors.ts";
import { INSTANCES_AND_SAMPLES } from "./migrations/0001-instances-and-samples.ts";
import { RETENTION_CLOCK } from "./migrations/0002-retention-clock.ts";
import { PROFILES_AND_MODULES } from "./migrations/0003-profiles-and-modules.ts";
import { EVENTS } from "./migrations/0004-events.ts";

/** By name, in order of the numbers; the SQL is in modules, so that the bundle contains it. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  "0001-instances-and-samples": INSTANCES_AND_SAMPLES,
  "0002-retention-clock": RETENTION_CLOCK,
  "0003-profiles-and-modules": PROFILES_AND_MODULES,
  "0004-events": EVENTS,
};
const TABLE = "schema_migration";
const LOCK_TABLE = "schema_migration_lock";

/**
 * Migrates the database to this build's schema. Several daemons may do so concurrently: one migrates, the others wait.
 * Throws `STORE_SCHEMA_NEWER` without changing anything when the database has a migration that this build does not know.
 */
export async function migrate(pool: Pool): Promise<void> {
  const done = await appliedMigrations(pool);
  // kysely costs 13 MiB, and is not needed with a current schema.
  if (done.length === Object.keys(MIGRATIONS).length) return;
  const result = await runMigrator(pool);
  if (result.error === undefined) return;
  // A newer release may have migrated it in the meantime.
  await appliedMigrations(pool);
  throw result.error;
}

/** Names of the migrations in the database; throws when one of them is unknown here. */
async function appliedMigrations(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ found: boolean }>("select to_regclass($1) is not null as found", [TABLE]);
  if (rows[0]?.found !== true) return [];
  const applied = await pool.query<{ name: string }>(`select name from ${TABLE} order by name`);
  const names = applied.rows.map((row) => row.name);
  const unknown = names.find((name) => !(name in MIGRATIONS));
  if (unknown !== undefined) {
    const known = Object.keys(MIGRATIONS).at(-1);
    throw new CloudMonitorError(
      "STORE_SCHEMA_NEWER",
      `the database has the migration ${unknown}, this build knows them up to ${known}; upgrade cloud-monitor`,
    );
  }
  return names;
}

async function runMigrator(pool: Pool): Promise<{ error?: unknown }> {
  const [{ Kysely, PostgresDialect, sql }, { Migrator }] = await Promise.all([
    import("kysely"),
    import("kysely/migration"),
  ]);
  // Not destroyed here: that would close the caller's pool.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, text]) => [
      name,
      { up: async (transaction: typeof db) => void (await sql.raw(text).execute(transaction)) },
    ]),
  );
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
  });
  return migrator.migrateToLatest();
}
