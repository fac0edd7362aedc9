import { sleep } from "../../model/clock.ts";
import type { Clock } from "../../model/clock.ts";
import { codeOf, messageOf } from "../../model/errors.ts";
import { clientConfig, postgresClient } from "../postgres/postgres-client.ts";
import { SERVER_PORT } from "./server-folder.ts";
import { SERVER_DATABASE, SERVER_USER } from "./server-settings.ts";

export interface ReadinessOptions {
  readonly host: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the wait early: the server is gone, or the daemon stops. */
  readonly signal: AbortSignal;
}

const PAUSE_MS = 20;
const QUERY_TIMEOUT_MS = 5_000;
/** `3D000` of PostgreSQL's error codes: the database does not exist. */
const DATABASE_MISSING = "3D000";

/**
 * Resolves with null once our database answers, else with the reason why it did not within the time. A connection is the
 * only proof: after a killed server its files still say "running" for over a second.
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<string | null> {
  const { clock, signal } = options;
  const endMs = clock.monotonicMs() + options.timeoutMs;
  for (;;) {
    const reason = await tryOnce(options.host);
    if (reason === null || signal.aborted || clock.monotonicMs() >= endMs) return reason;
    await sleep(clock, PAUSE_MS, signal);
  }
}

async function tryOnce(host: string): Promise<string | null> {
  try {
    await runStatement(host, SERVER_DATABASE, "select 1");
    return null;
  } catch (error) {
    if (codeOf(error) !== DATABASE_MISSING) return messageOf(error);
    return createDatabase(host);
  }
}

async function createDatabase(host: string): Promise<string | null> {
  try {
    await runStatement(host, "postgres", `create database ${SERVER_DATABASE}`);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function runStatement(host: string, database: string, sql: string): Promise<void> {
  const address = { host, port: SERVER_PORT, user: SERVER_USER, database };
  const PostgresClient = await postgresClient();
  const client = new PostgresClient(clientConfig(address, false, QUERY_TIMEOUT_MS));
  // A server that ends amid the exchange emits this too; the pending call rejects with the same error.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
