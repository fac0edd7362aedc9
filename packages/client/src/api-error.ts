import type { Problem } from "./types.ts";

/** An error response of the daemon. `problem.errors` lists all invalid fields. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly status: number;
  /** Stable; the table of error codes, or `ANSWER_UNREADABLE` if the response does not seem to come from the daemon. */
  readonly code: string;
  /** When the same call may succeed, from `Retry-After`; null without that header. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(problem.detail);
    this.name = "ApiError";
    this.problem = problem;
    this.status = problem.status;
    this.code = problem.code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
