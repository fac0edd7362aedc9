/**
 * Every error that leaves the daemon has a code from this table: over HTTP as a problem (RFC 9457), on exit as one line.
 * `docs/errors.md` lists exactly these; a test compares both ways.
 */
export const ERRORS = {
  REQUEST_INVALID: { status: 400, meaning: "The request has invalid fields; `errors` lists all of them." },
  REQUEST_MALFORMED: {
    status: 400,
    meaning: "The body is not valid JSON, or the headers or the URL cannot be parsed.",
  },
  COLLECTOR_UNKNOWN: {
    status: 400,
    meaning: "`collect[]` or `exclude[]` names an unknown collector, or both are given.",
  },
  UNAUTHORIZED: { status: 401, meaning: "The bearer token is missing or wrong." },
  INSTANCE_PROTECTED: {
    status: 403,
    meaning: "This daemon's own host (id 0) and the hosts of other daemons cannot be changed through the API.",
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    meaning: "A web page of another origin cannot change anything; programs and the daemon's own pages may.",
  },
  INSTANCE_NOT_FOUND: { status: 404, meaning: "No instance has this id." },
  DISCOVERY_NOT_FOUND: { status: 404, meaning: "No source of instances has this name." },
  ROUTE_NOT_FOUND: { status: 404, meaning: "No route has this path." },
  METHOD_NOT_ALLOWED: { status: 405, meaning: "The path exists, the method does not; `Allow` lists those that do." },
  REQUEST_TIMEOUT: { status: 408, meaning: "The request did not arrive completely in time." },
  INSTANCE_NAME_TAKEN: { status: 409, meaning: "Another instance has this name." },
  INSTANCE_MANAGED: {
    status: 409,
    meaning: "A source of instances manages it: its next reading would undo the change.",
  },
  DISCOVERY_NOT_HELD: { status: 409, meaning: "No change of the source is held." },
  COLLECTOR_FIXED: {
    status: 409,
    meaning: "A setting fixes whether the collector runs, and takes precedence; `errors` names each.",
  },
  PROFILE_RUNNING: { status: 409, meaning: "Another profile is being recorded." },
  BODY_TOO_LARGE: { status: 413, meaning: "The body is larger than 64 KiB (4 MiB for bulk requests)." },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, meaning: "Bodies must be `application/json`, uncompressed." },
  HOST_NOT_ALLOWED: {
    status: 421,
    meaning: "A daemon on a loopback address accepts only these hosts: `localhost`, `127.0.0.1`, `[::1]`.",
  },
  RELOAD_INVALID: { status: 422, meaning: "The new configuration is invalid; the old one stays in effect." },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    meaning: "Too many requests without the right token came from this address; the right token is always accepted.",
  },
  COLLECT_TOO_OFTEN: {
    status: 429,
    meaning: "The instance, or too many instances, were just collected out of turn; retry after `Retry-After`.",
  },
  HEADERS_TOO_LARGE: { status: 431, meaning: "There are more than 100 headers, or more than 16 KiB of them." },
  INTERNAL: { status: 500, meaning: "A defect of the daemon; its log has the details." },
  SAMPLE_NOT_YET: { status: 503, meaning: "The instance exists but has no sample yet; retry after `Retry-After`." },
  SAMPLE_LATE: {
    status: 503,
    meaning: "The collection that was asked for did not end in time; its sample may still come.",
  },
  STORE_UNAVAILABLE: {
    status: 503,
    meaning: "The database is unavailable; samples are buffered. Retry after `Retry-After`.",
  },
  TOO_BUSY: {
    status: 503,
    meaning: "The maximum number of concurrent renderings of `/metrics` is reached; retry after `Retry-After`.",
  },
  NOT_READY: { status: 503, meaning: "The daemon is starting, stopping, or without its database." },
  STATE_NOT_SAVED: { status: 500, meaning: "`STATE_DIR` cannot be written; nothing was changed." },
  STORE_FAILED: { status: 500, meaning: "The database refused a statement; the log has its SQLSTATE." },
  STORE_URL_INVALID: { status: null, meaning: "`DATABASE_URL` cannot be parsed." },
  STORE_CREDENTIALS_REFUSED: { status: null, meaning: "The database refused user, password or database name." },
  STORE_UNSUITABLE: {
    status: null,
    meaning: "The database, or the pooler in front of it, is unsuitable; the message says what to change.",
  },
  STORE_SCHEMA_NEWER: { status: null, meaning: "The database was migrated by a newer release." },
  STORE_BINARIES_MISSING: {
    status: null,
    meaning: "No PostgreSQL server programs were found for the private database.",
  },
  STORE_DATA_FOREIGN: {
    status: null,
    meaning:
      "The private data folder belongs to another major version of PostgreSQL, whose programs are not installed.",
  },
  STATE_DIR_UNWRITABLE: { status: null, meaning: "`STATE_DIR` cannot be written." },
  STATE_DIR_HELD: { status: null, meaning: "Another daemon uses `STATE_DIR`." },
  LISTEN_FAILED: { status: null, meaning: "The address is in use, or not an address of this machine." },
  CONFIG_INVALID: {
    status: null,
    meaning: "The configuration is invalid; all problems are printed with their locations.",
  },
  COLLECT_FAILED: { status: null, meaning: "A collector could not read its source; seen as `up` 0 with a reason." },
} as const satisfies Record<string, { status: number | null; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptionsOf {
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Invalid fields or problems, one entry each; shown to the caller. */
  readonly details?: readonly ErrorDetail[];
}

export interface ErrorDetail {
  /** JSON pointer of a field, or `file:line` of a setting. */
  readonly where: string;
  readonly message: string;
}

/** The error class of the daemon: a stable code, and a message that says what was found, what was wanted, and what to do. */
export class CloudMonitorError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, options: ErrorOptionsOf = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CloudMonitorError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? [];
  }
}

/** True for our own errors, including those from another thread or test realm, where `instanceof` fails. */
export function isCloudMonitorError(error: unknown): error is CloudMonitorError {
  return Error.isError(error) && error.name === "CloudMonitorError" && "code" in error && String(error.code) in ERRORS;
}

/** True for our own errors that may not recur when the same call is repeated later. */
export function isRetryable(error: unknown): error is CloudMonitorError {
  return isCloudMonitorError(error) && error.retryable;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return Error.isError(error) ? error.message : String(error);
}

/** The `code` of a system or library error (`ENOENT`, `ECONNREFUSED`, ...), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
