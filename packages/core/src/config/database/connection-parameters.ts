import { isIP } from "node:net";
import { ParameterFault } from "./connection-uri.ts";
import type { DatabaseAddress, TlsOptions, TlsVersion } from "./database-address.ts";
import { SSL_MODES } from "./database-address.ts";
import { didYouMean } from "../did-you-mean.ts";

type Given = ReadonlyMap<string, string>;

/** Parameters that change the connection, whatever their value. */
const HONOURED = [
  "host",
  "hostaddr",
  "port",
  "dbname",
  "user",
  "password",
  "application_name",
  "fallback_application_name",
  "options",
  "connect_timeout",
  "keepalives",
  "keepalives_idle",
  "channel_binding",
  "ssl",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "sslpassword",
  "sslnegotiation",
  "ssl_min_protocol_version",
  "ssl_max_protocol_version",
] as const;

/** Parameters of libpq of which the daemon supports only these values. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  client_encoding: ["UTF8", "utf8", "UTF-8", "utf-8", "auto"],
  gssencmode: ["disable", "prefer"],
  gssdelegation: ["0"],
  load_balance_hosts: ["disable"],
  max_protocol_version: ["3.0"],
  min_protocol_version: ["3.0"],
  replication: ["false", "off", "no", "0"],
  sslcertmode: ["allow"],
  sslcompression: ["0", "1"],
  sslsni: ["1"],
  // The daemon waits for a server that accepts writes, whatever this parameter says.
  target_session_attrs: ["any", "read-write", "primary"],
  // The Node driver's option for libpq's meaning of sslmode, which is the only one here.
  uselibpqcompat: ["true"],
};

/** Parameters of libpq without a counterpart in the driver. */
const REFUSED = [
  "keepalives_count",
  "keepalives_interval",
  "krbsrvname",
  "gsslib",
  "oauth_client_id",
  "oauth_client_secret",
  "oauth_issuer",
  "oauth_scope",
  "passfile",
  "require_auth",
  "requirepeer",
  "requiressl",
  "scram_client_key",
  "scram_server_key",
  "service",
  "servicefile",
  "sslcrl",
  "sslcrldir",
  "sslkeylogfile",
  "tcp_user_timeout",
] as const;

const KNOWN: readonly string[] = [...HONOURED, ...Object.keys(FIXED), ...REFUSED];

/** The parameters other than host, port, database, user and password. Throws `ParameterFault` for those that cannot be honoured. */
export function readParameters(
  given: Given,
): Omit<DatabaseAddress, "host" | "port" | "user" | "password" | "database"> {
  let place = 0;
  for (const [name, value] of given) checkKnown(name, value, ++place);
  const keepAlive = choice(given, "keepalives", ["0", "1"]);
  const channelBinding = choice(given, "channel_binding", ["disable", "prefer"]);
  const timeoutSeconds = wholeNumber(given, "connect_timeout", [1, 60]);
  const idleSeconds = wholeNumber(given, "keepalives_idle", [0, 86_400]);
  return {
    hostAddress: hostAddressOf(given),
    tls: readTls(given),
    options: textOf(given, "options"),
    applicationName: textOf(given, "application_name") ?? textOf(given, "fallback_application_name"),
    connectTimeoutMs: timeoutSeconds && timeoutSeconds * 1_000,
    keepAlive: keepAlive && keepAlive === "1",
    keepAliveIdleMs: idleSeconds && idleSeconds * 1_000,
    channelBinding: channelBinding && channelBinding === "prefer",
  };
}

function checkKnown(name: string, value: string, place: number): void {
  if (!KNOWN.includes(name)) {
    throw new ParameterFault(`parameter ${place} is not known to libpq${didYouMean(name, KNOWN)}`);
  }
  if ((REFUSED as readonly string[]).includes(name)) {
    throw new ParameterFault(`${name} is not supported; remove it`);
  }
  const values = FIXED[name];
  if (values !== undefined && value !== "" && !values.includes(value)) {
    throw new ParameterFault(`${name} must be one of ${values.join(", ")}`);
  }
}

function readTls(given: Given): TlsOptions | undefined {
  const ssl = textOf(given, "ssl");
  if (ssl !== undefined && ssl !== "true") throw new ParameterFault("ssl must be true; for no TLS use sslmode=disable");
  const rootCertFile = textOf(given, "sslrootcert");
  const isDirect = choice(given, "sslnegotiation", ["postgres", "direct"]) === "direct";
  const mode =
    choice(given, "sslmode", SSL_MODES) ??
    (rootCertFile === "system" ? "verify-full" : ssl === "true" ? "require" : "prefer");
  const certFile = textOf(given, "sslcert");
  const keyFile = textOf(given, "sslkey");
  if (mode === "verify-ca" && rootCertFile === undefined) {
    throw new ParameterFault("sslmode=verify-ca needs sslrootcert, the file of the certificate authority");
  }
  if (rootCertFile === "system" && mode !== "verify-full") {
    throw new ParameterFault("sslrootcert=system needs sslmode=verify-full, since anyone can get such a certificate");
  }
  if (isDirect && ["disable", "allow", "prefer"].includes(mode)) {
    throw new ParameterFault("sslnegotiation=direct needs sslmode=require, verify-ca or verify-full");
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new ParameterFault("a client certificate needs both sslcert and sslkey");
  }
  const minVersion = choice(given, "ssl_min_protocol_version", TLS_VERSIONS);
  const maxVersion = choice(given, "ssl_max_protocol_version", TLS_VERSIONS);
  if (minVersion === "TLSv1.3" && maxVersion === "TLSv1.2") {
    throw new ParameterFault("ssl_min_protocol_version is above ssl_max_protocol_version");
  }
  const keyPassword = textOf(given, "sslpassword");
  return { mode, rootCertFile, certFile, keyFile, keyPassword, isDirect, minVersion, maxVersion };
}

const TLS_VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];

function hostAddressOf(given: Given): string | undefined {
  const text = textOf(given, "hostaddr");
  if (text !== undefined && isIP(text) === 0) throw new ParameterFault("hostaddr must be one IP address");
  return text;
}

/** An empty parameter counts as not set. */
function textOf(given: Given, name: string): string | undefined {
  return given.get(name) || undefined;
}

function choice<T extends string>(given: Given, name: string, values: readonly T[]): T | undefined {
  const text = textOf(given, name);
  const value = values.find((one) => one === text);
  if (text !== undefined && value === undefined)
    throw new ParameterFault(`${name} must be one of ${values.join(", ")}`);
  return value;
}

function wholeNumber(given: Given, name: string, [min, max]: readonly [number, number]): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ParameterFault(`${name} must be a whole number of seconds, ${min} to ${max}`);
}
