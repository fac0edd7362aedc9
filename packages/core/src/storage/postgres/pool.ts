import type { Pool, PoolConfig } from "pg";
import { messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import type { PostgresAddress } from "../postgres-address.ts";

export interface PoolOptions {
  readonly address: PostgresAddress;
  readonly size: number;
  readonly logger: Logger;
  /** `migration`: statements may take long, and wait for another daemon's migration. */
  readonly purpose: "service" | "migration";
}

/** All limits are off by default in `pg`: without them a half-open connection hangs its caller for ever. Milliseconds. */
const LIMITS = {
  service: { statement_timeout: 9_000, query_timeout: 10_000, lock_timeout: 3_000 },
  migration: { statement_timeout: 3_600_000, query_timeout: 3_605_000, lock_timeout: 60_000 },
} as const;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than the usual intervals, so that a connection keeps its prepared statements from tick to tick. */
const IDLE_TIMEOUT_MS = 90_000;

/** A pool of `pg`, which is loaded here, at first use. Connects to nothing yet. */
export async function openPool(options: PoolOptions): Promise<Pool> {
  const pg = await import("pg");
  const pool = new pg.Pool(configOf(options));
  // An unheard error event ends the process. The pool listens to idle clients only, so each client gets an ear of its own;
  // a failed query rejects as well, and its caller counts it.
  const heard = (error: unknown) => options.logger.debug("a database connection ended", { reason: messageOf(error) });
  pool.on("error", heard);
  pool.on("connect", (client) => client.on("error", heard));
  return pool;
}

function configOf({ address, size, purpose }: PoolOptions): PoolConfig {
  return {
    ...address,
    ...LIMITS[purpose],
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    application_name: "cloud-monitor",
  };
}
