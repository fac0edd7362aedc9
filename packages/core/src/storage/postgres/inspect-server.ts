import type { Pool, PoolClient } from "pg";
import { CloudMonitorError } from "../../model/errors.ts";

/** Properties of the server that are checked at startup. */
export interface ServerFacts {
  /** 150018 for 15.18. */
  readonly version: number;
  readonly encoding: string;
}

/** `date_bin` and `detach partition ... concurrently` exist since 14. */
const VERSION_MIN = 14;

/**
 * Throws `STORE_UNSUITABLE` for a database that would fail later: too old, with another encoding, or behind a pooler that
 * shares a session between clients. The pool must lend two connections at once.
 */
export async function inspectServer(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<ServerFacts>(
      "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding",
    );
    const reason = unsuitable(rows[0]!);
    if (reason !== null) throw new CloudMonitorError("STORE_UNSUITABLE", reason);
    await refuseSharedSessions(pool, client);
  } finally {
    client.release();
  }
}

export function unsuitable({ version, encoding }: ServerFacts): string | null {
  const major = Math.floor(version / 10_000);
  if (major < VERSION_MIN) {
    return `found PostgreSQL ${major}, wanted ${VERSION_MIN} or newer: upgrade the server, or change DATABASE_URL`;
  }
  if (encoding !== "UTF8") {
    return `found the encoding ${encoding}, wanted UTF8: create a database with encoding 'UTF8' template template0, and change DATABASE_URL`;
  }
  return null;
}

/**
 * A pooler in transaction or statement mode assigns a server process to the next client. Two clients that get the same one,
 * or one client that gets two, prove it. Without a pooler, the server process is the announced one.
 */
async function refuseSharedSessions(pool: Pool, client: PoolClient): Promise<void> {
  const process = await serverProcessOf(client);
  if (process === (client as unknown as { processID: number | null }).processID) return;
  const other = await pool.connect();
  try {
    if ((await serverProcessOf(other)) !== process && (await serverProcessOf(client)) === process) return;
  } finally {
    other.release();
  }
  throw new CloudMonitorError(
    "STORE_UNSUITABLE",
    "found a pooler in transaction or statement mode, wanted session mode: set pool_mode = session for this database, or point DATABASE_URL at the server itself",
  );
}

async function serverProcessOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]!.pid;
}
