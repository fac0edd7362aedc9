import { CloudMonitorError } from "../model/errors.ts";

export interface DatabaseUrl {
  /** As given; holds the password, so it goes to the driver and nowhere else. */
  readonly connectionString: string;
  /** The same without password and parameters, for people. */
  readonly location: string;
}

/**
 * Reads a PostgreSQL connection URI (postgresql.org/docs/15/libpq-connect.html, "Connection URIs").
 * Host and database must be named: libpq's fallbacks (`PGHOST`, the user's name) would make a forgotten word a silent choice.
 * Throws `STORE_URL_INVALID`; no message repeats any part of the text, since a password may stand anywhere in a broken URL.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw invalid("it cannot be read as a URL");
  if (!SCHEMES.includes(url.protocol)) throw invalid("its scheme is not postgresql: or postgres:");
  const host = decoded("host", url.searchParams.get("host") ?? url.hostname);
  const user = decoded("user", url.username);
  const database = decoded("database name", url.pathname.slice(1));
  decoded("password", url.password);
  if (host === "") throw invalid("it names no host");
  if (database === "") throw invalid("it names no database");
  if (database.includes("/")) throw invalid("its path has more than the database name");
  checkParameters(url.searchParams);
  const port = url.searchParams.get("port") ?? url.port;
  return { connectionString: text, location: locationOf({ user, host, port, database }) };
}

const SCHEMES: readonly string[] = ["postgresql:", "postgres:"];
const SSL_MODES: readonly string[] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];
const WANTED = "postgresql://user:password@host:5432/database (special characters as %XX)";

function checkParameters(parameters: URLSearchParams): void {
  const port = parameters.get("port");
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw invalid("its port is not a number from 1 to 65535");
  }
  const sslMode = parameters.get("sslmode");
  if (sslMode !== null && !SSL_MODES.includes(sslMode)) {
    throw invalid(`its sslmode is none of ${SSL_MODES.join(", ")}`);
  }
}

function locationOf(parts: { user: string; host: string; port: string; database: string }): string {
  const authority = parts.host.startsWith("/") ? encodeURIComponent(parts.host) : parts.host;
  const user = parts.user === "" ? "" : `${encodeURIComponent(parts.user)}@`;
  const port = parts.port === "" ? "" : `:${parts.port}`;
  return `postgresql://${user}${authority}${port}/${encodeURIComponent(parts.database)}`;
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`its ${part} has a % that begins no %XX escape`);
  }
}

function invalid(found: string): CloudMonitorError {
  return new CloudMonitorError("STORE_URL_INVALID", `DATABASE_URL is refused: ${found}; wanted ${WANTED}`);
}
