/**
 * A PostgreSQL server of one's own: its programs found or brought, its cluster made, the server run, adopted and stopped.
 *
 * Knows nothing of who uses it. Clock, log, waits between restarts and the driver come in as arguments, taken by their
 * shape. No driver is among its dependencies: a statement is all that it asks of one, and the caller's own is set up to
 * ignore `PG*` variables already.
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
