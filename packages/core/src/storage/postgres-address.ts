/**
 * Where PostgreSQL answers: the user's own `DATABASE_URL`, or the private server's Unix socket.
 * `host` is then the folder of the socket (`/.../postgres`, or `/proc/self/fd/N` where that path is too long for a socket).
 */
export type PostgresAddress =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
