import type { Client, ClientBase, ClientConfig, Pool } from "pg";
import { messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { clientConfig, postgresClient } from "./postgres-client.ts";
import { pinSession } from "./session-settings.ts";
import type { SessionPurpose } from "./session-settings.ts";
import { isEncryptionRefused } from "./sqlstate.ts";
import { tlsAttempts } from "./tls-attempts.ts";

export interface PoolOptions {
  readonly address: PostgresAddress;
  readonly size: number;
  readonly logger: Logger;
  /** `migration`: statements may take long, and wait for another daemon's migration. */
  readonly purpose: SessionPurpose;
}

/** Slightly more than the server's own statement timeout, for a server that does not respond. Milliseconds. */
const QUERY_TIMEOUT_MS = { service: 10_000, migration: 3_605_000 } as const;
/** Longer than the usual intervals, so that a connection keeps its prepared statements from tick to tick. */
const IDLE_TIMEOUT_MS = 90_000;

/**
 * A pool of `pg`, which is loaded here, at first use. It does not connect yet, unless the address leaves encryption open:
 * then one connection finds out.
 */
export async function openPool(options: PoolOptions): Promise<Pool> {
  const [{ default: pg }, PostgresClient] = await Promise.all([import("pg"), postgresClient()]);
  // An unhandled error event would exit the process. The pool listens only to idle clients, so each client gets its own listener;
  // a failed query rejects as well, and its caller counts it.
  const heard = (error: unknown) => options.logger.debug("database connection closed", { reason: messageOf(error) });
  // The pool waits for the promise, whatever its types say.
  const prepare = (client: ClientBase): unknown => {
    client.on("error", heard);
    return pinSession(client, options.purpose);
  };
  const pool = new pg.Pool({
    ...(await agreedConfig(options, PostgresClient)),
    Client: PostgresClient,
    max: options.size,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    onConnect: prepare,
  });
  pool.on("error", heard);
  return pool;
}

/** The first of several encryption options that the server accepts; a failure of the last one is reported by its user. */
async function agreedConfig({ address, purpose }: PoolOptions, PostgresClient: typeof Client): Promise<ClientConfig> {
  const configs = tlsAttempts(address).map((tls) => clientConfig(address, tls, QUERY_TIMEOUT_MS[purpose]));
  for (const config of configs.slice(0, -1)) {
    const client = new PostgresClient(config);
    client.on("error", () => {});
    try {
      await client.connect();
      return config;
    } catch (error) {
      if (!isEncryptionRefused(error)) throw error;
    } finally {
      await client.end();
    }
  }
  return configs.at(-1)!;
}
