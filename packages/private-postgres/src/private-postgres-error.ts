export type PrivatePostgresErrorCode =
  /** No `postgres` and `initdb` were found. */
  | "PROGRAMS_MISSING"
  /** As root: there is no user to run the server as. */
  | "ACCOUNT_MISSING"
  /** The data directory belongs to a PostgreSQL major version without programs here, or to none. */
  | "DATA_INCOMPATIBLE"
  /** The folder belongs to another user. */
  | "FOLDER_NOT_OWNED"
  /** The server does not answer; a later attempt may succeed. All others need a person. */
  | "UNAVAILABLE";

/** Why start() failed: what was found, what was wanted, what to do. */
export class PrivatePostgresError extends Error {
  readonly code: PrivatePostgresErrorCode;

  constructor(code: PrivatePostgresErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = "PrivatePostgresError";
    this.code = code;
  }

  /** Whether the same call may succeed later without a change by a person. */
  get retryable(): boolean {
    return this.code === "UNAVAILABLE";
  }
}
