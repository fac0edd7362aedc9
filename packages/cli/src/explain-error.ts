import { ApiError, type Problem, UnreachableError } from "@cloud-monitor/client";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

export interface Explanation {
  exitCode: ExitCode;
  /** What failed and why, and what to type next. */
  lines: string[];
}

export function explainError(error: unknown): Explanation {
  if (error instanceof UsageError) return { exitCode: EXIT.usage, lines: error.message.split("\n") };
  if (error instanceof UnreachableError) return explainSilence(error);
  if (error instanceof ApiError) return explainRefusal(error);
  if (Error.isError(error) && error.name === "AbortError")
    return { exitCode: EXIT.interrupted, lines: ["interrupted"] };
  return {
    exitCode: EXIT.failure,
    lines: [Error.isError(error) ? error.message : String(error), "repeat the command with --debug for the details"],
  };
}

function explainSilence(error: UnreachableError): Explanation {
  return {
    exitCode: EXIT.unreachable,
    lines: [
      `${error.address} does not respond: ${error.reason}`,
      "start the daemon there, or name another address with --url or CLOUDCTL_URL",
    ],
  };
}

function explainRefusal({ problem, status, code, retryAfterSeconds }: ApiError): Explanation {
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `  ${fieldOf(pointer)}: ${detail}`);
  const hint = hintFor(code, retryAfterSeconds);
  return {
    exitCode: exitCodeFor(status),
    lines: [summarize(problem), ...fields, ...(hint === undefined ? [] : [hint])],
  };
}

/** The problem in one line, without hints that are only of use to programs. */
export function summarize({ code, detail, errors = [] }: Problem): string {
  if (code === "INSTANCE_NOT_FOUND") return "no instance has this id";
  if (errors.length === 0) return detail;
  return errors.length === 1 ? "the daemon refused a value:" : `the daemon refused ${errors.length} values:`;
}

/** The name of the field or option at this JSON pointer; one of a query is below `/query`. */
function fieldOf(pointer: string): string {
  return pointer.replace(/^\/(?:query\/)?/, "");
}

function exitCodeFor(status: number): ExitCode {
  if (status === 401 || status === 429) return EXIT.authentication;
  return status === 404 ? EXIT.notFound : EXIT.failure;
}

function hintFor(code: string, retryAfterSeconds: number | null): string | undefined {
  if (code === "UNAUTHORIZED" || code === "TOO_MANY_ATTEMPTS")
    return "set CLOUDCTL_TOKEN or CLOUDCTL_TOKEN_FILE to the daemon's API_TOKEN";
  if (code === "INSTANCE_NOT_FOUND") return "`cloudctl list` shows the instances and their ids";
  if (retryAfterSeconds !== null) return `try again in ${retryAfterSeconds} s`;
  return undefined;
}
