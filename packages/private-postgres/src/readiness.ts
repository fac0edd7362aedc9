import type { Clock, RunStatement } from "./private-server-options.ts";
import { MAINTENANCE_DATABASE, SERVER_DATABASE, serverAddress } from "./server-settings.ts";
import { toError } from "./to-error.ts";

export interface ReadinessOptions {
  readonly host: string;
  readonly runStatement: RunStatement;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the wait early: the server has exited, or the daemon is shutting down. */
  readonly signal: AbortSignal;
}

const PAUSE_MS = 20;
/** `3D000` of PostgreSQL's error codes: the database does not exist. */
const DATABASE_MISSING = "3D000";

/**
 * Resolves with null once our database answers, else with the last error when the time is over. Only a connection proves
 * it: after the server was killed, its files still say "running" for over a second.
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<string | null> {
  const { clock, signal } = options;
  const endMs = clock.monotonicMs() + options.timeoutMs;
  for (;;) {
    const reason = await attempt(options);
    if (reason === null || signal.aborted || clock.monotonicMs() >= endMs) return reason;
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function attempt({ host, runStatement }: ReadinessOptions): Promise<string | null> {
  try {
    await runStatement(serverAddress(host), "select 1");
    return null;
  } catch (error) {
    const { code, message } = toError(error);
    return code === DATABASE_MISSING ? createDatabase(host, runStatement) : message;
  }
}

async function createDatabase(host: string, runStatement: RunStatement): Promise<string | null> {
  try {
    const maintenance = { ...serverAddress(host), database: MAINTENANCE_DATABASE };
    await runStatement(maintenance, `create database ${SERVER_DATABASE}`);
    return null;
  } catch (error) {
    return toError(error).message;
  }
}
