/**
 * Every error that leaves the daemon has a code from this table: over HTTP as a problem (RFC 9457), on exit as one line.
 * `docs/errors.md` lists exactly these; a test compares both ways.
 */
export const ERRORS = {
  REQUEST_INVALID: { status: 400, meaning: "The request has bad fields; `errors` names every one." },
  REQUEST_MALFORMED: {
    status: 400,
    meaning: "The body is not the JSON it claims to be, or headers or URL cannot be read.",
  },
  COLLECTOR_UNKNOWN: {
    status: 400,
    meaning: "`collect[]` or `exclude[]` names a collector that is not there, or both are given.",
  },
  UNAUTHORIZED: { status: 401, meaning: "The bearer token is missing or wrong." },
  INSTANCE_PROTECTED: {
    status: 403,
    meaning: "This daemon's own host (id 0) and the hosts of other daemons cannot be changed that way.",
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    meaning: "A web page of another origin may change nothing; programs and pages of the daemon's own origin may.",
  },
  INSTANCE_NOT_FOUND: { status: 404, meaning: "No instance has this id." },
  ROUTE_NOT_FOUND: { status: 404, meaning: "No route has this path." },
  METHOD_NOT_ALLOWED: { status: 405, meaning: "The path exists, the method does not; `Allow` lists those that do." },
  REQUEST_TIMEOUT: { status: 408, meaning: "The request did not arrive as a whole in time." },
  INSTANCE_NAME_TAKEN: { status: 409, meaning: "Another instance has this name." },
  PROFILE_RUNNING: { status: 409, meaning: "A profile is being taken already." },
  BODY_TOO_LARGE: { status: 413, meaning: "The body is over 64 KiB (4 MiB for bulk requests)." },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, meaning: "Bodies must be `application/json`, uncompressed." },
  HOST_NOT_ALLOWED: {
    status: 421,
    meaning:
      "A daemon on a loopback address answers only to the names of this machine: `localhost`, `127.0.0.1`, `[::1]`.",
  },
  RELOAD_INVALID: { status: 422, meaning: "The new configuration has problems; the old one stays." },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    meaning: "Too many requests without the right token came from this address; the right one always passes.",
  },
  HEADERS_TOO_LARGE: { status: 431, meaning: "More than 100 headers or 16 KiB of them." },
  INTERNAL: { status: 500, meaning: "A defect of the daemon; its log has the details." },
  SAMPLE_NOT_YET: { status: 503, meaning: "The instance exists but has no sample yet; try again after `Retry-After`." },
  STORE_UNAVAILABLE: {
    status: 503,
    meaning: "The database cannot be reached now; samples wait, try again after `Retry-After`.",
  },
  TOO_BUSY: {
    status: 503,
    meaning: "As many renderings of `/metrics` as are allowed at once are running; try again after `Retry-After`.",
  },
  NOT_READY: { status: 503, meaning: "The daemon is starting, stopping, or without its database." },
  STORE_FAILED: { status: 500, meaning: "The database refused a statement; the log has its SQLSTATE." },
  STORE_URL_INVALID: { status: null, meaning: "`DATABASE_URL` cannot be parsed." },
  STORE_CREDENTIALS_REFUSED: { status: null, meaning: "The database refused user, password or database name." },
  STORE_UNSUITABLE: {
    status: null,
    meaning:
      "The database, or the pooler before it, cannot serve the daemon as it is; the message says what to change.",
  },
  STORE_SCHEMA_NEWER: { status: null, meaning: "The database was migrated by a newer release." },
  STORE_BINARIES_MISSING: {
    status: null,
    meaning: "No PostgreSQL server programs were found for the private database.",
  },
  STORE_DATA_FOREIGN: {
    status: null,
    meaning: "The private data folder belongs to a PostgreSQL major version without programs here.",
  },
  STATE_DIR_UNWRITABLE: { status: null, meaning: "`STATE_DIR` cannot be written." },
  STATE_DIR_HELD: { status: null, meaning: "Another daemon holds `STATE_DIR`." },
  LISTEN_FAILED: { status: null, meaning: "The address is taken, or not one of this machine." },
  CONFIG_INVALID: {
    status: null,
    meaning: "The configuration has problems; all of them are printed with their places.",
  },
  COLLECT_FAILED: { status: null, meaning: "A collector could not read its source; seen as `up` 0 with a reason." },
} as const satisfies Record<string, { status: number | null; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptionsOf {
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Bad fields or problems, one entry each; shown to the caller. */
  readonly details?: readonly ErrorDetail[];
}

export interface ErrorDetail {
  /** JSON pointer of a field, or `file:line` of a setting. */
  readonly where: string;
  readonly message: string;
}

/** The one error class: a stable code, a sentence of what was found, wanted, and to be done. */
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

/** True for our own errors, also those that crossed a thread or a test realm, where `instanceof` lies. */
export function isCloudMonitorError(error: unknown): error is CloudMonitorError {
  return Error.isError(error) && error.name === "CloudMonitorError" && "code" in error && String(error.code) in ERRORS;
}

/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  return Error.isError(error) ? error.message : String(error);
}

/** The `code` of a system or library error (`ENOENT`, `ECONNREFUSED`, ...), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
