/**
 * The address of PostgreSQL: from the user's `DATABASE_URL`, or the private server's Unix socket.
 * `host` is then the folder of the socket (`/.../postgres`, or `/proc/self/fd/N` where that path is too long for a socket).
 */
export type { DatabaseAddress as PostgresAddress } from "../config/database/database-address.ts";
