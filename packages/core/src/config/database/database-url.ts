import { isIP, isIPv6 } from "node:net";
import { CloudMonitorError } from "../../model/errors.ts";
import { readParameters } from "./connection-parameters.ts";
import { ParameterFault, splitConnectionUri, UriFault } from "./connection-uri.ts";
import type { ConnectionUri } from "./connection-uri.ts";
import type { DatabaseAddress } from "./database-address.ts";

export interface DatabaseUrl {
  readonly address: DatabaseAddress;
  /** The address without password and parameters, for display. */
  readonly location: string;
}

/**
 * Parses a PostgreSQL connection URI. Every libpq parameter has its libpq meaning, or is refused.
 * Host and database are required: libpq's fallbacks (`PGHOST`, the user's name) would silently hide an omission.
 * Throws `STORE_URL_INVALID`; no message repeats any part of the text, since in a broken URL a password may be anywhere.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  try {
    const address = addressOf(splitConnectionUri(text));
    return { address, location: locationOf(address) };
  } catch (error) {
    if (!(error instanceof UriFault)) throw error;
    const wanted = error instanceof ParameterFault ? "" : `; wanted ${WANTED}`;
    throw new CloudMonitorError("STORE_URL_INVALID", `invalid address: ${error.message}${wanted}`);
  }
}

/** True when the address contains a secret. */
export function holdsSecret({ address }: DatabaseUrl): boolean {
  return address.password !== undefined || address.tls?.keyPassword !== undefined;
}

const WANTED = "postgresql://user:password@host:5432/database (special characters as %XX)";
const PORT_DEFAULT = "5432";

function addressOf(uri: ConnectionUri): DatabaseAddress {
  const given = (name: string, part: string) => uri.parameters.get(name) || part;
  const more = readParameters(uri.parameters);
  const host = given("host", uri.host) || more.hostAddress || "";
  const database = given("dbname", uri.database);
  checkHost(host);
  if (database === "") throw new UriFault("it has no database name");
  return {
    host,
    port: portOf(given("port", uri.port) || PORT_DEFAULT),
    user: given("user", uri.user) || undefined,
    password: given("password", uri.password) || undefined,
    database,
    ...more,
  };
}

function checkHost(host: string): void {
  if (host === "") throw new UriFault("it has no host");
  if (host.includes(",")) throw new UriFault("there are several hosts, of which only one is supported");
  if (host.startsWith("/") || isIP(host) !== 0) return;
  if (host.startsWith("@")) throw new UriFault("the host is an abstract socket, which is not supported");
  if (/[\s\p{C}/@:?#[\]]/u.test(host)) {
    throw new UriFault("the host is not a host name, an IP address (IPv6 in brackets) or the folder of a Unix socket");
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new UriFault("the port is not a number from 1 to 65535");
}

function locationOf({ user, host, port, database }: DatabaseAddress): string {
  const authority = isIPv6(host) ? `[${host}]` : encodeURIComponent(host);
  const account = user === undefined ? "" : `${encodeURIComponent(user)}@`;
  const shownPort = String(port) === PORT_DEFAULT ? "" : `:${port}`;
  return `postgresql://${account}${authority}${shownPort}/${encodeURIComponent(database)}`;
}
