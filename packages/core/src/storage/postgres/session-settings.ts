import type { ClientBase } from "pg";

export type SessionPurpose = "service" | "migration";

/** Milliseconds. All limits are off by default: without them a half-open connection hangs its caller for ever. */
const LIMITS: Readonly<Record<SessionPurpose, Readonly<Record<string, number>>>> = {
  service: { statement_timeout: 9_000, lock_timeout: 3_000, idle_in_transaction_session_timeout: 30_000 },
  migration: { statement_timeout: 3_600_000, lock_timeout: 60_000, idle_in_transaction_session_timeout: 3_600_000 },
};

/**
 * What our statements and the reading of their answers rely on, whatever a server, a database or a role has set.
 * Left alone: `search_path`, by which an administrator chooses the schema, `default_transaction_read_only`, by which one
 * (or a full disk) protects a database, and what steers plans.
 */
const PINNED: Readonly<Record<string, string>> = {
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  client_encoding: "UTF8",
  client_min_messages: "warning",
  default_transaction_deferrable: "off",
  default_transaction_isolation: "read committed",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  // Our own limits are the ones above; the pool ends idle connections itself.
  idle_session_timeout: "0",
  transaction_timeout: "0",
};

/**
 * Pins them for the whole session, by one statement after connecting: a pooler such as PgBouncer refuses most of them in
 * the start-up packet.
 */
export async function pinSession(client: ClientBase, purpose: SessionPurpose): Promise<void> {
  await client.query(STATEMENTS[purpose]);
}

const STATEMENTS: Readonly<Record<SessionPurpose, string>> = {
  service: statementOf("service"),
  migration: statementOf("migration"),
};

/** Skips what this server does not know. Stored means stored: `off` alone is raised, a stronger setting stays. */
function statementOf(purpose: SessionPurpose): string {
  const settings = Object.entries({ ...PINNED, ...LIMITS[purpose] });
  const rows = settings.map(([name, value]) => `('${name}', '${value}')`).join(", ");
  return `
    select set_config(name, value, false) from (values ${rows}) as wanted (name, value)
    where current_setting(name, true) is not null
    union all
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
}
