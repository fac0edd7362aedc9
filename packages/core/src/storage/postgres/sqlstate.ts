import { CloudMonitorError, codeOf, isCloudMonitorError, messageOf } from "../../model/errors.ts";

/**
 * The only classification of errors of PostgreSQL, its driver and its socket. Codes: postgresql.org/docs/15/errcodes-appendix.html.
 * Errors that a later attempt may not have are `STORE_UNAVAILABLE`, retryable: samples are buffered meanwhile.
 */
export function storeErrorOf(error: unknown): CloudMonitorError {
  if (isCloudMonitorError(error)) return error;
  // The pool reports "timeout" for a connection that failed with a known reason.
  if (Error.isError(error) && isCloudMonitorError(error.cause)) return error.cause;
  const said = messageOf(error);
  if (isRefused(error)) {
    return new CloudMonitorError(
      "STORE_CREDENTIALS_REFUSED",
      `the database refused the connection: ${said}; check user, password and database name`,
      { cause: error },
    );
  }
  const remedy = remedyOf(error);
  if (remedy !== null) {
    const found = said.replace(/; if the root CA is installed locally.*/, "");
    return new CloudMonitorError("STORE_UNSUITABLE", `the database is unsuitable: ${found}; ${remedy}`, {
      cause: error,
    });
  }
  if (isUnavailable(error)) {
    return new CloudMonitorError("STORE_UNAVAILABLE", `the database is unavailable: ${said}`, {
      retryable: true,
      cause: error,
    });
  }
  const state = sqlStateOf(error);
  const subject = state === undefined ? "the database call failed" : `the database refused a statement (${state})`;
  return new CloudMonitorError("STORE_FAILED", `${subject}: ${said}`, { cause: error });
}

/** A row with this key exists. */
export function isDuplicateKey(error: unknown): boolean {
  return sqlStateOf(error) === "23505";
}

/** No partition for the row: it was dropped by someone else. Also used for any failed CHECK, of which we have none. */
export function isPartitionMissing(error: unknown): boolean {
  return sqlStateOf(error) === "23514";
}

/** Another session changed the partition first: it does not exist, or is no longer in the same state. */
export function isPartitionChanged(error: unknown): boolean {
  return ["42P01", "55000"].includes(sqlStateOf(error) ?? "");
}

/** All connections were in use for the whole waiting time: the database may be fine. */
export function isPoolBusy(error: unknown): boolean {
  return messageOf(error).includes(POOL_BUSY);
}

/** The server or the client refused the connection because it was, or was not, encrypted: the other option may work. */
export function isEncryptionRefused(error: unknown): boolean {
  return isTlsFault(error) || sqlStateOf(error) === "28000" || isPoolerRefusal(error, POOLER_WANTS_TLS);
}

/** True when the server responded to the statement and the session is usable; else the connection must be destroyed. */
export function sessionSurvives(error: unknown): boolean {
  if (isCloudMonitorError(error)) return true;
  const state = sqlStateOf(error);
  // The server localizes ERROR; FATAL is the same in most languages.
  return state !== undefined && !SESSION_ENDS.test(state) && !/^(FATAL|PANI)/.test(severityOf(error)!);
}

/** 08 connection, 40 rolled back by conflict, 53 out of resources, 57P shutdown or start-up, 58 I/O: see `isUnavailable`. */
const UNAVAILABLE_STATES = /^(08|40|53|57P|58)/;
/**
 * 55P03 lock_timeout, 57014 statement_timeout, 25006 read-only server after a failover,
 * 25P03 our own idle session was terminated.
 */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set(["55P03", "57014", "25006", "25P03"]);
const SESSION_ENDS = /^(08|57P)/;
/** 28 authorization, 3D000 no such database. */
const REFUSED_STATES = /^(28|3D000)/;
/** PgBouncer reports everything as 08P01; messages in none of these lists are transient: timeouts, full pools, a starting server. */
const POOLER_STATE = "08P01";
const POOLER_REFUSES = /no such (database|user)|authentication failed|login rejected/i;
const POOLER_WANTS_TLS = /SSL required/i;
const POOLER_UNSUITABLE = /unsupported|not supported|not allowed|config error/i;
/** 42501 missing privilege, 3F000 no schema to create in, 0A000 not supported, 22P05 no such character in its encoding. */
const REMEDIES: Readonly<Record<string, string>> = {
  "42501": "grant its user the privileges listed in docs/storage.md",
  "3F000": "give its user a schema in which it can create tables (search_path)",
  "0A000": "use PostgreSQL 14 or newer, without a proxy that supports less",
  "22P05": "use a database with the encoding UTF8",
};

const SOCKET_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EMFILE",
  "ENFILE",
]);
const POOL_BUSY = "timeout exceeded when trying to connect";
/** Errors of `pg` and `pg-pool` without a code. */
const DRIVER_MESSAGES =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|is not queryable|after calling end on the pool|There was an error establishing an SSL connection/;
/** Kerberos and SSPI. */
const AUTHENTICATION_UNKNOWN = "Unknown authenticationOk message type";
const NO_TLS = "The server does not support SSL connections";
/** Errors of Node.js and OpenSSL for handshakes and certificates. */
const TLS_CODES =
  /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|ERROR_IN_CERT_)/;

function isUnavailable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return UNAVAILABLE_STATES.test(state) || UNAVAILABLE_CODES.has(state);
  const code = codeOf(error);
  // A missing socket is ENOENT or EACCES of connect(); the same codes of open() mean a missing certificate file.
  if (code !== undefined) {
    return SOCKET_CODES.has(code) || code === "CERT_NOT_YET_VALID" || syscallOf(error) === "connect";
  }
  return DRIVER_MESSAGES.test(messageOf(error));
}

/** What to change, for a permanent refusal; null for any other error. */
function remedyOf(error: unknown): string | null {
  if (messageOf(error).startsWith(AUTHENTICATION_UNKNOWN)) return "use scram-sha-256 for its user in pg_hba.conf";
  if (messageOf(error) === NO_TLS) return "enable TLS on the server, or change sslmode in DATABASE_URL";
  if (isTlsFault(error))
    return "correct sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL, or the server's certificate";
  if (isPoolerRefusal(error, POOLER_WANTS_TLS)) return "set sslmode=require in DATABASE_URL";
  if (isPoolerRefusal(error, POOLER_UNSUITABLE)) return "allow it in the pooler, or connect to the server directly";
  return REMEDIES[sqlStateOf(error) ?? ""] ?? null;
}

function isTlsFault(error: unknown): boolean {
  if (messageOf(error) === NO_TLS) return true;
  const code = codeOf(error);
  // A clock that is behind, as after a boot without a network, is transient.
  return severityOf(error) === undefined && code !== undefined && TLS_CODES.test(code) && code !== "CERT_NOT_YET_VALID";
}

function isPoolerRefusal(error: unknown, words: RegExp): boolean {
  return sqlStateOf(error) === POOLER_STATE && words.test(messageOf(error));
}

function isRefused(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (isPoolerRefusal(error, POOLER_REFUSES)) return true;
  return state === undefined ? messageOf(error).startsWith("SASL: ") : REFUSED_STATES.test(state);
}

function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  // `EPIPE` has five letters, too; only a response of the server has a severity.
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && severityOf(error) !== undefined ? code : undefined;
}

function severityOf(error: unknown): string | undefined {
  return textField(error, "severity");
}

function syscallOf(error: unknown): string | undefined {
  return textField(error, "syscall");
}

function textField(error: unknown, field: "severity" | "syscall"): string | undefined {
  if (typeof error !== "object" || error === null || !(field in error)) return undefined;
  const value: unknown = (error as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}
