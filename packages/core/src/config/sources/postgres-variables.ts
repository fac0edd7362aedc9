import { isIPv6 } from "node:net";
import type { GivenValue } from "../given-value.ts";
import type { Variable, Variables } from "./environment-source.ts";
import { SETTINGS } from "../settings.ts";

/** libpq's variables other than those of the address itself, each with its parameter of a connection URI. */
const PARAMETER_VARIABLES: Readonly<Record<string, string>> = {
  PGHOSTADDR: "hostaddr",
  PGAPPNAME: "application_name",
  PGCHANNELBINDING: "channel_binding",
  PGCLIENTENCODING: "client_encoding",
  PGCONNECT_TIMEOUT: "connect_timeout",
  PGGSSENCMODE: "gssencmode",
  PGLOADBALANCEHOSTS: "load_balance_hosts",
  PGOPTIONS: "options",
  PGPASSFILE: "passfile",
  PGREQUIREAUTH: "require_auth",
  PGREQUIREPEER: "requirepeer",
  PGREQUIRESSL: "requiressl",
  PGSERVICE: "service",
  PGSERVICEFILE: "servicefile",
  PGSSLCERT: "sslcert",
  PGSSLCERTMODE: "sslcertmode",
  PGSSLCOMPRESSION: "sslcompression",
  PGSSLCRL: "sslcrl",
  PGSSLCRLDIR: "sslcrldir",
  PGSSLKEY: "sslkey",
  PGSSLMAXPROTOCOLVERSION: "ssl_max_protocol_version",
  PGSSLMINPROTOCOLVERSION: "ssl_min_protocol_version",
  PGSSLMODE: "sslmode",
  PGSSLNEGOTIATION: "sslnegotiation",
  PGSSLROOTCERT: "sslrootcert",
  PGSSLSNI: "sslsni",
  PGTARGETSESSIONATTRS: "target_session_attrs",
};
const ADDRESS_VARIABLES = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER"] as const;

/**
 * The database address from libpq's variables, if there is one; the first source with a variable takes precedence.
 * Used only if the user set `STORAGE=postgres` explicitly: many shells have `PG*` set for psql, and a daemon that happens
 * to be started there must not write to that database.
 */
export function databaseFromPostgresVariables(sources: readonly Variables[]): GivenValue | null {
  const find = (name: string) => sources.map((source) => source.byName.get(name)).find((found) => found !== undefined);
  const places = ADDRESS_VARIABLES.map(find).filter((found) => found !== undefined);
  const setting = SETTINGS.find((one) => one.at === "storage.databaseUrl");
  const [first] = places;
  if (first === undefined || setting === undefined) return null;
  return { setting, text: addressOf(find), place: first.place, isFile: false };
}

function addressOf(find: (name: string) => Variable | undefined): string {
  const valueOf = (name: string) => find(name)?.value ?? "";
  const user = valueOf("PGUSER");
  const password = valueOf("PGPASSWORD");
  const secret = password === "" ? "" : `:${encodeURIComponent(password)}`;
  const account = user === "" && secret === "" ? "" : `${encodeURIComponent(user)}${secret}@`;
  const host = hostOf(valueOf("PGHOST") || valueOf("PGHOSTADDR") || "localhost");
  const port = encodeURIComponent(valueOf("PGPORT") || "5432");
  const parameters = Object.entries(PARAMETER_VARIABLES)
    .filter(([name]) => valueOf(name) !== "")
    .map(([name, parameter]) => `${parameter}=${encodeURIComponent(valueOf(name))}`);
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `postgresql://${account}${host}:${port}/${encodeURIComponent(valueOf("PGDATABASE") || user)}${query}`;
}

/** A folder is the location of a Unix socket; its slashes are escaped. */
function hostOf(host: string): string {
  return isIPv6(host) ? `[${host}]` : encodeURIComponent(host);
}
