import type { ClientBase } from "pg";

export type SessionPurpose = "service" | "migration";

/** Milliseconds. All limits are off by default: without them a half-open connection blocks its caller forever. */
const LIMITS: Readonly<Record<SessionPurpose, Readonly<Record<string, number>>>> = {
  service: { statement_timeout: 9_000, lock_timeout: 3_000, idle_in_transaction_session_timeout: 30_000 },
  migration: { statement_timeout: 3_600_000, lock_timeout: 60_000, idle_in_transaction_session_timeout: 3_600_000 },
};

/**
 * The settings that our statements and the parsing of their results rely on, whatever is set for server, database or role.
 * Not changed: `search_path`, with which an administrator selects the schema, `default_transaction_read_only`, which
 * protects a database (also on a full disk), and planner settings.
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
  // Our own limits are those above; the pool closes idle connections itself.
  idle_session_timeout: "0",
  transaction_timeout: "0",
};

/**
 * Sets them for the whole session, with one statement after connecting: a pooler such as PgBouncer refuses most of them in
 * the start-up packet.
 */
export async function pinSession(client: ClientBase, purpose: SessionPurpose): Promise<void> {
  await client.query(STATEMENTS[purpose]);
}

const STATEMENTS: Readonly<Record<SessionPurpose, string>> = {
  service: statementOf("service"),
  migration: statementOf("migration"),
};

/** Skips settings unknown to this server. For durability only `synchronous_commit=off` is raised; stronger settings are kept. */
function statementOf(purpose: SessionPurpose): string {
  const settings = Object.entries({ ...PINNED, ...LIMITS[purpose] });
  const rows = settings.map(([name, value]) => `('${name}', '${value}')`).join(", ");
  return `
    select set_config(name, value, false) from (values ${rows}) as wanted (name, value)
    where current_setting(name, true) is not null
    union all
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
}
