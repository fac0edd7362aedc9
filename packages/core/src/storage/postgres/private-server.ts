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

/** The supervisor of a private PostgreSQL, not started yet, with the daemon's clock, logger and driver. */
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

/** Starts the server unless it runs; rejects with a CloudMonitorError. */
export async function privateAddress(server: Pick<PrivateServer, "start">): Promise<PostgresAddress> {
  try {
    return await server.start();
  } catch (error) {
    throw daemonErrorOf(error);
  }
}

/** The error with the daemon's code, and remedies that only the daemon knows. */
const CODES: Readonly<Record<PrivatePostgresErrorCode, { readonly code: ErrorCode; readonly remedy: string }>> = {
  PROGRAMS_MISSING: { code: "STORE_BINARIES_MISSING", remedy: ", or set DATABASE_URL, or STORAGE=memory" },
  ACCOUNT_MISSING: { code: "STORE_BINARIES_MISSING", remedy: "" },
  DATA_INCOMPATIBLE: { code: "STORE_DATA_FOREIGN", remedy: "" },
  FOLDER_NOT_OWNED: { code: "STATE_DIR_UNWRITABLE", remedy: ", or choose another STATE_DIR" },
  UNAVAILABLE: { code: "STORE_UNAVAILABLE", remedy: "" },
};

function daemonErrorOf(error: unknown): unknown {
  if (!(error instanceof PrivatePostgresError)) return error;
  const { code, remedy } = CODES[error.code];
  const { retryable, cause } = error;
  return new CloudMonitorError(code, `${error.message}${remedy}`, { retryable, cause });
}

async function runStatement(address: ServerAddress, sql: string): Promise<void> {
  const PostgresClient = await postgresClient();
  const client = new PostgresClient(clientConfig(address, false, QUERY_TIMEOUT_MS));
  // A server that exits during the exchange emits this too; the pending call rejects with the same error.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
