import { randomUUID } from "node:crypto";
import { parseDatabaseUrl } from "../../packages/core/src/config/database/database-url.ts";
import { openPool } from "../../packages/core/src/storage/postgres/pool.ts";
import type { PostgresAddress } from "../../packages/core/src/storage/postgres-address.ts";
import { silentLogger } from "../../packages/core/src/model/logger.ts";

/** A database of the run's server (see global-setup.ts), empty, for one test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly address: PostgresAddress;
  /** Rows of one statement, independent of the code under test. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs `work` while another session is in a transaction that has run the statement, for example to hold locks. */
  holding<T>(text: string, work: () => Promise<T>): Promise<T>;
  drop(): Promise<void>;
}

/** Environment variable with which global-setup.ts passes the server: a URL of the administrator's database. */
export const SERVER_URL = "CLOUD_MONITOR_TEST_SERVER";

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[SERVER_URL];
  if (serverUrl === undefined) throw new Error(`${SERVER_URL} is not set: jest runs without its global set-up`);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await query(serverUrl, `create database ${name}`);
  const url = urlOfDatabase(serverUrl, name);
  const drop = async () => void (await query(serverUrl, `drop database if exists ${name} with (force)`));
  return { url, address: parseDatabaseUrl(url).address, ...querying(url), drop, [Symbol.asyncDispose]: drop };
}

/** Statements to any database. */
export function querying(url: string): Pick<TestDatabase, "sql" | "holding"> {
  return { sql: (text, values = []) => query(url, text, values), holding: (text, work) => hold(url, text, work) };
}

/** The same server and parameters, another database. */
export function urlOfDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function query<Row>(url: string, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  return withPool(url, async (pool) => (await pool.query(text, [...values])).rows as Row[]);
}

async function hold<T>(url: string, text: string, work: () => Promise<T>): Promise<T> {
  return withPool(url, async (pool) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(text);
      return await work();
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
}

async function withPool<T>(url: string, work: (pool: Awaited<ReturnType<typeof openPool>>) => Promise<T>): Promise<T> {
  const { address } = parseDatabaseUrl(url);
  const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
