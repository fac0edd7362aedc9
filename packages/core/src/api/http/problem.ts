import type { Problem } from "@cloud-monitor/client";
import type { CloudMonitorError } from "../../model/errors.ts";
import { ERRORS } from "../../model/errors.ts";
import { LIMITS } from "./limits.ts";
import { statusTitle } from "./status-title.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** The response for an error (RFC 9457). It contains no cause and no stack. */
export function problemOf(error: CloudMonitorError): Problem {
  const status = ERRORS[error.code].status ?? 500;
  const problem: Problem = {
    type: "about:blank",
    title: statusTitle(status),
    status,
    detail: error.message,
    code: error.code,
  };
  if (error.details.length === 0) return problem;
  const errors = error.details.slice(0, LIMITS.fieldErrorsMax);
  return { ...problem, errors: errors.map(({ where, message }) => ({ pointer: where, detail: message })) };
}
