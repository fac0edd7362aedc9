import type { Problem } from "./types.ts";

/** The daemon answered, with a refusal. `problem.errors` names every bad field. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly status: number;
  /** Stable; the table of error codes, or `ANSWER_UNREADABLE` where something else than the daemon seems to answer. */
  readonly code: string;
  /** When the same call may succeed, by `Retry-After`; null when the daemon named no time. */
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
