import { PrivatePostgresError, PrivateServer } from "@cloud-monitor/private-postgres";
import type { PrivatePostgresErrorCode, ServerAddress } from "@cloud-monitor/private-postgres";
import { Backoff } from "../../model/backoff.ts";
import { sleep } from "../../model/clock.ts";
import type { Clock } from "../../model/clock.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ErrorCode } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { clientConfig, postgresClient } from "./postgres-client.ts";

export interface PrivateServerTools {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const RESTART_BACKOFF = { firstMs: 200, maxMs: 30_000 };
const QUERY_TIMEOUT_MS = 5_000;

/** A PostgreSQL of the daemon's own, not started yet, with the daemon's clock, log and driver. */
export function createPrivateServer({ stateDir, clock, random, logger }: PrivateServerTools): PrivateServer {
  return new PrivateServer({
    stateDir,
    logger,
    clock: {
      monotonicMs: () => clock.monotonicMs(),
      sleep: (delayMs, signal) => sleep(clock, delayMs, signal),
    },
    restartDelays: new Backoff(RESTART_BACKOFF, random),
    runStatement,
  });
}

/** Starts it where it does not run; rejects with an error of the daemon's table. */
export async function privateAddress(server: Pick<PrivateServer, "start">): Promise<PostgresAddress> {
  try {
    return await server.start();
  } catch (error) {
    throw daemonErrorOf(error);
  }
}

/** The code of the daemon's table, and what only the daemon can offer instead. */
const CODES: Readonly<Record<PrivatePostgresErrorCode, { readonly code: ErrorCode; readonly instead: string }>> = {
  PROGRAMS_MISSING: { code: "STORE_BINARIES_MISSING", instead: ", or set DATABASE_URL, or STORAGE=memory" },
  ACCOUNT_MISSING: { code: "STORE_BINARIES_MISSING", instead: "" },
  DATA_FOREIGN: { code: "STORE_DATA_FOREIGN", instead: "" },
  FOLDER_FOREIGN: { code: "STATE_DIR_UNWRITABLE", instead: ", or choose another STATE_DIR" },
  UNAVAILABLE: { code: "STORE_UNAVAILABLE", instead: "" },
};

function daemonErrorOf(error: unknown): unknown {
  if (!(error instanceof PrivatePostgresError)) return error;
  const { code, instead } = CODES[error.code];
  const { retryable, cause } = error;
  return new CloudMonitorError(code, `${error.message}${instead}`, { retryable, cause });
}

async function runStatement(address: ServerAddress, sql: string): Promise<void> {
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
