import { CloudMonitorError, codeOf, isCloudMonitorError, messageOf } from "../../model/errors.ts";

/**
 * The only judge of what PostgreSQL, its driver and its socket say. Codes: postgresql.org/docs/15/errcodes-appendix.html.
 * What a later attempt may mend is `STORE_UNAVAILABLE`, retryable: the samples wait meanwhile.
 */
export function storeErrorOf(error: unknown): CloudMonitorError {
  if (isCloudMonitorError(error)) return error;
  const said = messageOf(error);
  if (isRefused(error)) {
    return new CloudMonitorError(
      "STORE_CREDENTIALS_REFUSED",
      `the database refused the connection: ${said}; check user, password and database name`,
      { cause: error },
    );
  }
  if (isAway(error)) {
    return new CloudMonitorError("STORE_UNAVAILABLE", `the database cannot be used now: ${said}`, {
      retryable: true,
      cause: error,
    });
  }
  const state = sqlStateOf(error);
  const subject = state === undefined ? "the database call failed" : `the database refused a statement (${state})`;
  return new CloudMonitorError("STORE_FAILED", `${subject}: ${said}`, { cause: error });
}

/** A row with this key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return sqlStateOf(error) === "23505";
}

/** No partition takes the row: somebody dropped it behind our back. Also said of any failed CHECK, of which we have none. */
export function isPartitionMissing(error: unknown): boolean {
  return sqlStateOf(error) === "23514";
}

/** Another session changed the partition first: it is gone, or no longer in the state that was seen. */
export function isPartitionChanged(error: unknown): boolean {
  return ["42P01", "55000"].includes(sqlStateOf(error) ?? "");
}

/** All connections were lent for the whole waiting time: the database may be well. */
export function isPoolBusy(error: unknown): boolean {
  return messageOf(error).includes(POOL_BUSY);
}

/** True when the server answered the statement and the session goes on; else the connection must be destroyed. */
export function sessionSurvives(error: unknown): boolean {
  if (isCloudMonitorError(error)) return true;
  return sqlStateOf(error) !== undefined && !SESSION_ENDS.test(sqlStateOf(error)!) && severityOf(error) === "ERROR";
}

/** 08 connection, 40 rolled back by conflict, 53 out of resources, 57P shutdown or start-up, 58 I/O: see `isAway`. */
const AWAY_STATES = /^(08|40|53|57P|58)/;
/**
 * 55P03 lock_timeout, 57014 statement_timeout, 25006 read-only server after a failover,
 * 25P03 our own idle session was ended.
 */
const AWAY_CODES: ReadonlySet<string> = new Set(["55P03", "57014", "25006", "25P03"]);
const SESSION_ENDS = /^(08|57P)/;
/** 28 authorization, 3D000 no such database. */
const REFUSED_STATES = /^(28|3D000)/;

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
/** What `pg` and `pg-pool` throw without any code. */
const DRIVER_MESSAGES =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|is not queryable|after calling end on the pool/;

function isAway(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return AWAY_STATES.test(state) || AWAY_CODES.has(state);
  const code = codeOf(error);
  // A missing socket is ENOENT or EACCES of connect(); the same codes of open() mean a certificate that is not there.
  if (code !== undefined) return SOCKET_CODES.has(code) || syscallOf(error) === "connect";
  return DRIVER_MESSAGES.test(messageOf(error));
}

function isRefused(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined ? messageOf(error).startsWith("SASL: ") : REFUSED_STATES.test(state);
}

function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  // `EPIPE` has five letters too; only an answer of the server has a severity.
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
