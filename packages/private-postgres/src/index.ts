/**
 * Supervises a private PostgreSQL server: finds or brings its programs, creates the cluster, starts, adopts, restarts and
 * stops the server.
 *
 * Knows nothing of its caller, which passes in clock, logger, restart delays and a function that runs one SQL statement.
 * That function makes a driver unnecessary here: the caller has one, already configured to ignore `PG*` variables.
 */
export { PrivatePostgresError } from "./private-postgres-error.ts";
export type { PrivatePostgresErrorCode } from "./private-postgres-error.ts";
export { PrivateServer } from "./private-server.ts";
export type { PrivateServerState, PrivateServerStats } from "./private-server.ts";
export type {
  Clock,
  Logger,
  PrivateServerOptions,
  RestartDelays,
  RunStatement,
  ServerAddress,
} from "./private-server-options.ts";
